using Steelyard.Core.Wire;

namespace Steelyard.Core.Connections;

/// <summary>
/// The source pool's addresses by small numbers. One that left the pool keeps its number, since
/// connections may still use it.
/// </summary>
internal sealed class LocalAddresses
{
    // More than a pool ever has: each gives 32,768 ports to each server.
    private const int Limit = 4096;

    private readonly IpAddress[] _addresses = new IpAddress[Limit];
    private int _count;

    public IpAddress this[int index] => _addresses[index];

    /// <summary>The number of an address, given if it has none; -2 when none is left.</summary>
    public int IndexOf(IpAddress address)
    {
        for (int index = 0; index < _count; index++)
        {
            if (_addresses[index] == address)
            {
                return index;
            }
        }

        if (_count == Limit)
        {
            return -2;
        }

        _addresses[_count] = address;
        return _count++;
    }
}
