using Steelyard.Core.Wire;

namespace Steelyard.Core.Forwarding.Ftp;

/// <summary>Where an end of FTP's data connection was named. RFC 959 §5.3.1; RFC 2428.</summary>
internal enum FtpMessage : byte
{
    None = 0,

    /// <summary><c>PORT h1,h2,h3,h4,p1,p2</c>, from the client.</summary>
    Port,

    /// <summary><c>EPRT |2|address|port|</c>, from the client.</summary>
    ExtendedPort,

    /// <summary><c>227 … (h1,h2,h3,h4,p1,p2)</c>, from the server.</summary>
    Passive,

    /// <summary>
    /// <c>229 … (|||port|)</c>, from the server; it names no address: the server's own.
    /// </summary>
    ExtendedPassive,
}

/// <summary>An end of a data connection, as it stands in a payload.</summary>
/// <param name="Message">How it was named.</param>
/// <param name="Start">Where its text starts, in octets from the payload's first.</param>
/// <param name="Length">Its text, in octets.</param>
/// <param name="End">
/// The end itself; with <see cref="FtpMessage.ExtendedPassive"/> only the port.
/// </param>
internal readonly record struct FtpAddress(
    FtpMessage Message, int Start, int Length, Endpoint End);
