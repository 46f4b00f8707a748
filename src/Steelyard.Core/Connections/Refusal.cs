namespace Steelyard.Core.Connections;

/// <summary>Why the table did not take a connection.</summary>
internal enum Refusal : byte
{
    Unknown = 0,

    /// <summary>It is full, and nothing in it may give way.</summary>
    Full,

    /// <summary>It runs short, and the service has its share of it.</summary>
    ServiceShare,

    /// <summary>It runs short, and the client's network has its share of it.</summary>
    SourceShare,
}
