using System;
using System.Buffers;
using System.Globalization;
using System.IO;
using System.Text;

namespace Steelyard.Host.Probes;

/// <summary>
/// Takes the head of an HTTP answer line by line, each once however slowly it comes, and keeps the
/// status lines, the fields and the empty lines.
/// </summary>
internal sealed class HeadMender : IDisposable
{
    private static readonly SearchValues<byte> TokenCharacters = SearchValues.Create(
        "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    private readonly MemoryStream _kept = new();
    private bool _isStatus = true;
    private bool _isInterim;

    /// <summary>The empty line behind a head that is no interim one has been taken.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>Takes what lines are whole, to the end of the head.</summary>
    /// <returns>How many octets these have.</returns>
    public int Take(ReadOnlySpan<byte> answer)
    {
        int taken = 0;
        while (!IsWhole && answer[taken..].IndexOf((byte)'\n') is >= 0 and int end)
        {
            ReadOnlySpan<byte> line = answer.Slice(taken, end + 1);
            ReadOnlySpan<byte> text = line.TrimEnd("\r\n"u8);
            taken += line.Length;
            if (_isStatus || text.IsEmpty || IsField(text))
            {
                _kept.Write(line);
            }

            if (_isStatus)
            {
                _isInterim = IsInterim(text);
            }

            _isStatus = text.IsEmpty;
            IsWhole = _isStatus && !_isInterim;
        }

        return taken;
    }

    /// <summary>The head as it was kept, and what has come behind it.</summary>
    public byte[] End(ReadOnlySpan<byte> body)
    {
        _kept.Write(body);
        return _kept.ToArray();
    }

    public void Dispose() => _kept.Dispose();

    /// <summary>100 to 199: the answer comes behind it. RFC 9110 §15.2.</summary>
    private static bool IsInterim(ReadOnlySpan<byte> status)
    {
        int blank = status.IndexOf((byte)' ');
        return status.StartsWith("HTTP/"u8)
            && status.Length >= blank + 4
            && status[blank + 1] == '1'
            && !status[(blank + 1)..].StartsWith("101"u8);
    }

    /// <summary>A name of token characters and a colon. RFC 9110 §5.</summary>
    private static bool IsField(ReadOnlySpan<byte> line)
    {
        int colon = line.IndexOf((byte)':');
        return colon > 0
            && !line[..colon].ContainsAnyExcept(TokenCharacters)
            && !line.ContainsAny("\0\r"u8)
            && IsTrue(line[..colon], line[(colon + 1)..]);
    }

    /// <summary>A length that is no number is none: the answer ends with the connection.</summary>
    private static bool IsTrue(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) =>
        !Ascii.EqualsIgnoreCase(name, "Content-Length"u8)
        || long.TryParse(
            value.Trim(" \t"u8), NumberStyles.None, CultureInfo.InvariantCulture, out _);
}
