using System;
using System.Buffers.Text;
using System.Text;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Forwarding.Ftp;

/// <summary>
/// Reads and writes the ends of data connections in the control connection of FTP. RFC 959 §4.1.2;
/// RFC 2428.
/// </summary>
/// <remarks>
/// Only a line counts that starts where a payload starts and ends within it, as with LVS: a line
/// cut in two by TCP passes unseen, and a line that someone has echoed behind another opens
/// nothing. Who uses the result must still see that the end belongs to the one who named it.
/// </remarks>
internal static class FtpText
{
    /// <summary>Octets of the longest text that is written: <c>|2|address|port|</c>.</summary>
    public const int MaximumLength = 3 + Ipv6Text.MaximumLength + 7;

    // A reply may say more than the address; longer lines are not looked at.
    private const int LongestLine = 512;

    // Commands are "PORT " and "EPRT ", replies "227 " and "229 ".
    private const int CommandLength = 5;
    private const int ReplyLength = 4;

    /// <summary>Reads what a client sent.</summary>
    public static bool TryReadCommand(ReadOnlySpan<byte> payload, out FtpAddress address)
    {
        address = default;
        if (!TryCutLine(payload, out ReadOnlySpan<byte> line) || line.Length < CommandLength)
        {
            return false;
        }

        ReadOnlySpan<byte> verb = line[..CommandLength];
        ReadOnlySpan<byte> text = line[CommandLength..].TrimStart((byte)' ');
        int start = line.Length - text.Length;
        if (Ascii.EqualsIgnoreCase(verb, "PORT "u8))
        {
            return TryReadNumbers(ref text, FtpMessage.Port, start, out address)
                && text.Length == 0;
        }

        return Ascii.EqualsIgnoreCase(verb, "EPRT "u8)
            && TryReadExtended(text, start, out address);
    }

    /// <summary>Reads what a server sent.</summary>
    public static bool TryReadReply(ReadOnlySpan<byte> payload, out FtpAddress address)
    {
        address = default;
        if (!TryCutLine(payload, out ReadOnlySpan<byte> line) || line.Length < ReplyLength)
        {
            return false;
        }

        bool isPassive = line.StartsWith("227 "u8);
        if (!isPassive && !line.StartsWith("229 "u8))
        {
            return false;
        }

        // The parentheses of a 227 are a habit, not a rule. RFC 1123 §4.1.2.6.
        ReadOnlySpan<byte> text = line[ReplyLength..];
        int bracket = text.IndexOf((byte)'(') + 1;
        int skipped = bracket > 0 || !isPassive ? bracket : text.IndexOfAnyInRange(
            (byte)'0', (byte)'9');
        if (skipped < 0)
        {
            return false;
        }

        text = text[skipped..];
        int start = ReplyLength + skipped;
        if (!isPassive)
        {
            return bracket > 0 && TryReadPassivePort(text, start, out address);
        }

        return TryReadNumbers(ref text, FtpMessage.Passive, start, out address)
            && (bracket > 0 ? text.StartsWith(")"u8) : !text.StartsWith(","u8));
    }

    /// <summary>Writes an end in the way of the message, and returns its length.</summary>
    /// <param name="text">It has room for <see cref="MaximumLength"/> octets.</param>
    /// <param name="end">Of IPv4 for the two older messages.</param>
    public static int Write(Span<byte> text, FtpMessage message, in Endpoint end)
    {
        int length = 0;
        switch (message)
        {
            case FtpMessage.Port or FtpMessage.Passive:
                for (int shift = 24; shift >= 0; shift -= 8)
                {
                    Append(text, ref length, (ushort)((end.Address.Ipv4 >> shift) & 0xFF));
                    text[length++] = (byte)',';
                }

                Append(text, ref length, (ushort)(end.Port >> 8));
                text[length++] = (byte)',';
                Append(text, ref length, (ushort)(end.Port & 0xFF));
                return length;
            case FtpMessage.ExtendedPort:
                text[length++] = (byte)'|';
                text[length++] = end.Address.IsIpv4 ? (byte)'1' : (byte)'2';
                text[length++] = (byte)'|';
                AppendAddress(text, ref length, end.Address);
                break;
            default:
                text[length++] = (byte)'|';
                text[length++] = (byte)'|';
                break;
        }

        text[length++] = (byte)'|';
        Append(text, ref length, end.Port);
        text[length++] = (byte)'|';
        return length;
    }

    private static bool TryCutLine(ReadOnlySpan<byte> payload, out ReadOnlySpan<byte> line)
    {
        int length = payload[..Math.Min(payload.Length, LongestLine)].IndexOf("\r\n"u8);
        line = payload[..Math.Max(length, 0)];
        return length >= 0;
    }

    /// <summary>h1,h2,h3,h4,p1,p2. RFC 959 §4.1.2.</summary>
    private static bool TryReadNumbers(
        ref ReadOnlySpan<byte> text, FtpMessage message, int start, out FtpAddress address)
    {
        address = default;
        int length = text.Length;
        if (!DecimalText.TryReadQuad(ref text, (byte)',', out uint quad)
            || !DecimalText.TrySkip(ref text, (byte)',')
            || !DecimalText.TryRead(ref text, byte.MaxValue, out int high)
            || !DecimalText.TrySkip(ref text, (byte)',')
            || !DecimalText.TryRead(ref text, byte.MaxValue, out int low)
            || (high == 0 && low == 0))
        {
            return false;
        }

        Endpoint end = new(IpAddress.FromIpv4(quad), (ushort)((high << 8) | low));
        address = new(message, start, length - text.Length, end);
        return true;
    }

    /// <summary>d, family, d, address, d, port, d. RFC 2428 §2.</summary>
    private static bool TryReadExtended(
        ReadOnlySpan<byte> text, int start, out FtpAddress address)
    {
        address = default;
        int length = text.Length;
        if (!TryReadDelimiter(text, out byte delimiter)
            || text.Length < 3
            || text[1] is not ((byte)'1' or (byte)'2')
            || text[2] != delimiter)
        {
            return false;
        }

        bool isIpv4 = text[1] == '1';
        text = text[3..];
        int end = text.IndexOf(delimiter);
        if (end < 0 || !TryReadAddress(text[..end], isIpv4, out IpAddress host))
        {
            return false;
        }

        text = text[end..];
        if (!TryReadPort(ref text, delimiter, out ushort port) || text.Length > 0)
        {
            return false;
        }

        address = new(FtpMessage.ExtendedPort, start, length, new(host, port));
        return true;
    }

    /// <summary>d, d, d, port, d and the closing parenthesis. RFC 2428 §3.</summary>
    private static bool TryReadPassivePort(
        ReadOnlySpan<byte> text, int start, out FtpAddress address)
    {
        address = default;
        int length = text.Length;
        if (!TryReadDelimiter(text, out byte delimiter)
            || text.Length < 2
            || text[1] != delimiter)
        {
            return false;
        }

        text = text[2..];
        if (!TryReadPort(ref text, delimiter, out ushort port)
            || text.Length == 0
            || text[0] != ')')
        {
            return false;
        }

        address = new(
            FtpMessage.ExtendedPassive, start, length - text.Length, new(default, port));
        return true;
    }

    /// <summary>Any printable character but a digit, which could be told from nothing.</summary>
    private static bool TryReadDelimiter(ReadOnlySpan<byte> text, out byte delimiter)
    {
        delimiter = text.Length > 0 ? text[0] : (byte)0;
        return delimiter is > 32 and < 127 && !char.IsAsciiDigit((char)delimiter);
    }

    private static bool TryReadPort(ref ReadOnlySpan<byte> text, byte delimiter, out ushort port)
    {
        port = 0;
        if (!DecimalText.TrySkip(ref text, delimiter)
            || !DecimalText.TryRead(ref text, ushort.MaxValue, out int number)
            || number == 0
            || !DecimalText.TrySkip(ref text, delimiter))
        {
            return false;
        }

        port = (ushort)number;
        return true;
    }

    private static bool TryReadAddress(
        ReadOnlySpan<byte> text, bool isIpv4, out IpAddress address)
    {
        if (!isIpv4)
        {
            return Ipv6Text.TryParse(text, out address) && !address.IsIpv4;
        }

        bool isQuad = DecimalText.TryReadQuad(ref text, (byte)'.', out uint quad);
        address = IpAddress.FromIpv4(quad);
        return isQuad && text.Length == 0;
    }

    private static void AppendAddress(Span<byte> text, ref int length, IpAddress address)
    {
        if (!address.IsIpv4)
        {
            length += Ipv6Text.Write(text[length..], address);
            return;
        }

        for (int shift = 24; shift >= 0; shift -= 8)
        {
            Append(text, ref length, (ushort)((address.Ipv4 >> shift) & 0xFF));
            if (shift > 0)
            {
                text[length++] = (byte)'.';
            }
        }
    }

    private static void Append(Span<byte> text, ref int length, ushort number)
    {
        _ = Utf8Formatter.TryFormat(number, text[length..], out int written);
        length += written;
    }
}
