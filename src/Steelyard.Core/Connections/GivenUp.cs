using Steelyard.Core.Services;

namespace Steelyard.Core.Connections;

/// <summary>Connections that gave way to new ones in a short table, by what they lacked.</summary>
public sealed class GivenUp
{
    /// <summary>The handshake, or the association, was not completed.</summary>
    public long HalfOpen { get; private set; }

    /// <summary>Nothing came after the handshake that only the right client can cause.</summary>
    public long HandshakeOnly { get; private set; }

    /// <summary>Datagrams that nobody answered, or a single one where no answer is seen.</summary>
    public long Unanswered { get; private set; }

    /// <summary>Persistence templates none of whose connections was proven.</summary>
    public long Promises { get; private set; }

    public long All => HalfOpen + HandshakeOnly + Unanswered + Promises;

    internal void Count(in Connection connection)
    {
        if (connection.IsTemplate)
        {
            Promises++;
        }
        else if (connection.AwaitsAnswer
            || connection.Protocol is not (TransportProtocol.Tcp or TransportProtocol.Sctp))
        {
            Unanswered++;
        }
        else if (connection.IsEmbryonic)
        {
            HalfOpen++;
        }
        else
        {
            HandshakeOnly++;
        }
    }
}
