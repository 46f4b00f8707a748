using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using Steelyard.Core.Services;
using Steelyard.Core.Wire;

namespace Steelyard.Host.Ipvsadm;

/// <summary>Names for numbers and numbers for names, of hosts and of ports.</summary>
internal interface INames
{
    bool TryFindAddress(string host, out IpAddress address);

    bool TryFindPort(string service, TransportProtocol protocol, out ushort port);

    /// <summary>Asks for the names of addresses, all at once and for a bounded time.</summary>
    Task LearnAsync(IReadOnlyCollection<IpAddress> addresses, CancellationToken cancellationToken);

    /// <summary>Null when the address has no name, or it was not learnt.</summary>
    string? NameOf(IpAddress address);

    /// <summary>Null when the port has no name.</summary>
    string? NameOf(ushort port, TransportProtocol protocol);
}
