using System;
using System.Buffers;
using System.Globalization;
using System.IO;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

namespace Steelyard.Host.Probes;

/// <summary>
/// What a server answers, with a head of nothing but fields: small health pages (nc, xinetd, a
/// shell script) print what they like between the status line and the empty line, and keepalived
/// goes by the status line alone. Behind the head everything passes as it came.
/// </summary>
internal sealed class LenientHead(Stream wire) : Stream
{
    /// <summary>As long as the client behind takes it, which then says so.</summary>
    private const int LongestHead = 64 * 1024;

    private static readonly SearchValues<byte> TokenCharacters = SearchValues.Create(
        "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    private byte[] _mended = [];
    private int _given;
    private bool _isRead;

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(
        Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (!_isRead)
        {
            _mended = await ReadHeadAsync(cancellationToken);
            _isRead = true;
        }

        int length = Math.Min(buffer.Length, _mended.Length - _given);
        if (length == 0)
        {
            return await wire.ReadAsync(buffer, cancellationToken);
        }

        _mended.AsMemory(_given, length).CopyTo(buffer);
        _given += length;
        return length;
    }

    public override ValueTask WriteAsync(
        ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        wire.WriteAsync(buffer, cancellationToken);

    public override Task FlushAsync(CancellationToken cancellationToken) =>
        wire.FlushAsync(cancellationToken);

    public override void Flush() => wire.Flush();

    public override int Read(byte[] buffer, int offset, int count) =>
        throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) =>
        wire.Write(buffer, offset, count);

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    /// <summary>
    /// An answer's beginning without the lines that are no fields; null while its head has no end.
    /// </summary>
    internal static byte[]? Mend(ReadOnlySpan<byte> answer)
    {
        using MemoryStream mended = new(answer.Length);
        bool isStatus = true;
        bool isInterim = false;
        while (answer.IndexOf((byte)'\n') is >= 0 and int end)
        {
            ReadOnlySpan<byte> line = answer[..(end + 1)];
            ReadOnlySpan<byte> text = line.TrimEnd("\r\n"u8);
            answer = answer[(end + 1)..];
            if (isStatus || text.IsEmpty || IsField(text))
            {
                mended.Write(line);
            }

            if (isStatus)
            {
                isInterim = IsInterim(text);
            }

            isStatus = text.IsEmpty;
            if (isStatus && !isInterim)
            {
                mended.Write(answer);
                return mended.ToArray();
            }
        }

        return null;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            wire.Dispose();
        }

        base.Dispose(disposing);
    }

    private async Task<byte[]> ReadHeadAsync(CancellationToken cancellationToken)
    {
        byte[] answer = new byte[LongestHead];
        int total = 0;
        while (total < answer.Length)
        {
            int length = await wire.ReadAsync(answer.AsMemory(total), cancellationToken);
            total += length;
            if (Mend(answer.AsSpan(0, total)) is { } mended)
            {
                return mended;
            }

            if (length == 0)
            {
                break;
            }
        }

        return answer[..total];
    }

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
