using System;
using Steelyard.Core.Connections;
using Steelyard.Core.Control;
using Steelyard.Core.Services;
using Steelyard.Host.Api;

namespace Steelyard.Tests.Api;

public sealed class ConnectionStateNameTests
{
    /// <summary>As <c>ipvsadm -Lnc</c> prints SCTP's, in the kernel's order.</summary>
    [Fact]
    public void States_of_associations_are_listed_as_LVS_names_them()
    {
        string[] names =
        [
            "NONE", "INIT1", "INIT", "C-SENT", "C-REPLIED", "C-WAIT", "COOKIE", "C-ECHOED",
            "ESTABLISHED", "S-SENT", "S-RECEIVED", "S-ACK-SENT", "REJECTED", "CLOSED",
        ];

        for (int number = 0; number < names.Length; number++)
        {
            Assert.True(SctpStates.TryFind(number, out ConnectionState state));
            Assert.Equal(names[number], NameOf(state));
            Assert.Equal(state, ConnectionStateNames.Find(TransportProtocol.Sctp, names[number]));
        }

        Assert.Equal(
            ConnectionState.Established,
            ConnectionStateNames.Find(TransportProtocol.Tcp, "ESTABLISHED"));
    }

    [Fact]
    public void Every_state_has_one_name_in_all_places() => Assert.All(
        Enum.GetValues<ConnectionState>(),
        state => Assert.Equal(Words.Of(state), NameOf(state)));

    private static string NameOf(ConnectionState state) =>
        ConnectionStateNames.Name(default(ConnectionRecord) with { State = state });
}
