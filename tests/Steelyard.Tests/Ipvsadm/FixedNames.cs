using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using Steelyard.Core.Services;
using Steelyard.Core.Wire;
using Steelyard.Host.Ipvsadm;

namespace Steelyard.Tests.Ipvsadm;

/// <summary>A world with one host and two services.</summary>
internal sealed class FixedNames : INames
{
    public static readonly IpAddress Web = IpAddress.Parse("10.1.0.11");

    private bool _hasLearnt;

    public bool TryFindAddress(string host, out IpAddress address)
    {
        address = Web;
        return host == "web.example";
    }

    public bool TryFindPort(string service, TransportProtocol protocol, out ushort port)
    {
        port = service == "domain" ? (ushort)53 : (ushort)80;
        return service is "http" or "domain";
    }

    public Task LearnAsync(
        IReadOnlyCollection<IpAddress> addresses, CancellationToken cancellationToken)
    {
        _hasLearnt = true;
        return Task.CompletedTask;
    }

    public string? NameOf(IpAddress address) =>
        _hasLearnt && address == Web ? "web.example" : null;

    public string? NameOf(ushort port, TransportProtocol protocol) => port switch
    {
        80 when protocol == TransportProtocol.Tcp => "http",
        53 when protocol == TransportProtocol.Udp => "domain",
        _ => null,
    };
}
