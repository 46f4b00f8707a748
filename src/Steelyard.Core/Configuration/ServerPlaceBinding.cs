using Steelyard.Core.Services;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Configuration;

/// <summary>Where a server is.</summary>
/// <param name="Endpoint">Where packets go; port 0 is the one that the client asked for.</param>
/// <param name="Probed">Where checks connect, unless they say; port 0 for no port named.</param>
internal readonly record struct ServerPlace(Endpoint Endpoint, Endpoint Probed);

/// <summary>
/// ADDRESS [PORT] of a <c>real_server</c> or <c>sorry_server</c>; without a port it is the
/// service's.
/// </summary>
internal sealed class ServerPlaceBinding(ValueReader values)
{
    private const ulong LinkLocal = 0xFE80_0000_0000_0000;
    private const ulong LinkLocalMask = 0xFFC0_0000_0000_0000;
    private const uint Loopback = 127;

    private static readonly IpAddress Ipv6Loopback = new(0, 1);

    /// <summary>The place, or none with a fault.</summary>
    public ServerPlace? Bind(Statement statement, in ServiceKey service, MethodChoice way)
    {
        if (!statement.HasArguments)
        {
            values.Faults.Error(
                statement.Position, $"'{statement.Keyword.Text}' needs an address and a port");
            return null;
        }

        values.NoMore(statement, 2);
        Word word = statement.Arguments[0];
        IpAddress? address = values.Address(word);
        ushort? port = BindPort(statement, service);
        if (address is not IpAddress known || port is not ushort number)
        {
            return null;
        }

        CheckAddress(word, known, service, way);
        if (!way.KeepsPort)
        {
            return new(new Endpoint(known, number), new Endpoint(known, number));
        }

        if (service.Port != 0 && number != service.Port)
        {
            string what = way.Method == ForwardingMethod.Direct ? "direct routing" : "a tunnel";
            values.Faults.Error(
                statement.Arguments[1].Position,
                $"{what} leaves the port as it is: the server must listen on {service.Port}");
        }

        return new(new Endpoint(known, service.Port), new Endpoint(known, number));
    }

    private ushort? BindPort(Statement statement, in ServiceKey service)
    {
        if (statement.Arguments.Count == 1)
        {
            return service.Port;
        }

        Word word = statement.Arguments[1];
        bool isAny = word.Text == "0" && service.Port == 0;
        return isAny ? (ushort)0 : values.Port(word);
    }

    private void CheckAddress(
        Word word, IpAddress address, in ServiceKey service, MethodChoice way)
    {
        bool isNone = address.IsIpv4
            ? address.Ipv4 is 0 or uint.MaxValue
            : address.IsNone || (address.High & LinkLocalMask) == LinkLocal;
        if (isNone || address.IsMulticast)
        {
            values.Faults.Error(word.Position, $"{address} cannot be a server");
        }
        else if (address.IsIpv4 != service.Address.IsIpv4
            && way.Method != ForwardingMethod.Tunnel)
        {
            string[] families = service.Address.IsIpv4 ? ["IPv4", "IPv6"] : ["IPv6", "IPv4"];
            values.Faults.Error(
                word.Position,
                $"the service is {families[0]} and its server {families[1]}: "
                + "only a tunnel joins them (lvs_method TUN)");
        }
        else if (address.IsIpv4 ? address.Ipv4 >> 24 == Loopback : address == Ipv6Loopback)
        {
            // RFC 1122 §3.2.1.3; and as with LVS.
            values.Faults.Warning(
                word.Position,
                $"no client reaches {address}, which takes nothing from a network: "
                + "name an address of one of the box's interfaces");
        }
    }
}
