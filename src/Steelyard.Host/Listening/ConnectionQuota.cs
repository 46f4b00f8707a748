using System.Collections.Generic;
using System.Net;
using System.Threading;
using Steelyard.Core.Wire;

namespace Steelyard.Host.Listening;

/// <summary>
/// Places for connections from outside: so many in all, and so many of one address. An IPv6
/// address counts as its network of 64 bits, since a client has as many addresses as it likes.
/// </summary>
internal sealed class ConnectionQuota(int most, int ofOneMost)
{
    private readonly Lock _guard = new();
    private readonly Dictionary<(bool IsIpv4, ulong Network), int> _ofOne = [];
    private int _count;

    public enum Answer
    {
        Welcome,
        Full,
        OneTooMany,
    }

    public int Count => Volatile.Read(ref _count);

    public Answer Enter(EndPoint? remote)
    {
        lock (_guard)
        {
            (bool, ulong) who = WhoIs(remote);
            int ofThis = _ofOne.GetValueOrDefault(who);
            if (_count >= most || ofThis >= ofOneMost)
            {
                return _count >= most ? Answer.Full : Answer.OneTooMany;
            }

            _count++;
            _ofOne[who] = ofThis + 1;
            return Answer.Welcome;
        }
    }

    public void Leave(EndPoint? remote)
    {
        lock (_guard)
        {
            (bool, ulong) who = WhoIs(remote);
            _count--;
            if (--_ofOne[who] == 0)
            {
                _ofOne.Remove(who);
            }
        }
    }

    private static (bool IsIpv4, ulong Network) WhoIs(EndPoint? remote)
    {
        if (remote is not IPEndPoint { Address: IPAddress address })
        {
            return default;
        }

        IpAddress plain = IpAddress.From(
            address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);
        return plain.IsIpv4 ? (true, plain.Ipv4) : (false, plain.High);
    }
}
