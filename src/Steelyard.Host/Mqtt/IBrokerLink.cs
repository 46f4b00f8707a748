using System;
using System.Threading;
using System.Threading.Tasks;

namespace Steelyard.Host.Mqtt;

/// <summary>
/// One connection to one broker, from connecting to its end. Never used again after.
/// </summary>
internal interface IBrokerLink : IAsyncDisposable
{
    /// <summary>Cancelled when the connection has ended.</summary>
    CancellationToken Lost { get; }

    /// <summary>Why it has ended, once it is lost.</summary>
    LinkEnd End { get; }

    /// <summary>
    /// Have the broker acknowledge every message, so that it is known which one it hangs up on.
    /// </summary>
    bool Confirms { get; set; }

    /// <summary>Connects, leaving the last will with the broker. Throws when it cannot.</summary>
    Task ConnectAsync(CancellationToken cancellation);

    /// <summary>Sends one message. Throws when it cannot.</summary>
    /// <returns>Why the broker does not want the message; null when it took it.</returns>
    Task<string?> SendAsync(Outgoing message, CancellationToken cancellation);

    /// <summary>
    /// Says goodbye, so that the broker discards the last will. A link that is let go without it
    /// leaves the last will to speak.
    /// </summary>
    Task PartAsync(CancellationToken cancellation);

    /// <summary>
    /// Topics under the filter whose retained values the broker holds. Throws when it cannot.
    /// </summary>
    Task<string[]> ListRetainedAsync(string filter, CancellationToken cancellation);
}
