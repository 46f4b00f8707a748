using System;
using System.IO;
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
        using HeadMender mender = new();
        byte[] answer = new byte[LongestHead];
        int total = 0;
        int taken = 0;
        while (total < answer.Length)
        {
            int length = await wire.ReadAsync(answer.AsMemory(total), cancellationToken);
            total += length;
            taken += mender.Take(answer.AsSpan(taken..total));
            if (mender.IsWhole)
            {
                return mender.End(answer.AsSpan(taken..total));
            }

            if (length == 0)
            {
                break;
            }
        }

        return answer[..total];
    }
}
