using System;
using System.Buffers;
using System.IO;
using System.IO.Pipelines;
using System.Threading;
using System.Threading.Tasks;

namespace Steelyard.Host.Mqtt;

/// <summary>
/// Ends a connection whose peer sends one packet longer than allowed, before its bytes are all
/// in memory, and one whose peer is gone and left a part of a packet: MQTTnet would ask for the
/// rest for ever, and be given the same part each time. Its reader takes one packet at a time, so
/// what it takes, or cannot take yet, is one.
/// </summary>
internal sealed class BoundedPacketReader(PipeReader inner, int packetBytesMost) : PipeReader
{
    private ReadOnlySequence<byte> _read;
    private bool _isTooLong;
    private bool _isOver;
    private bool _isCutOff;

    public override async ValueTask<ReadResult> ReadAsync(
        CancellationToken cancellationToken = default)
    {
        Refuse();
        ReadResult result = await inner.ReadAsync(cancellationToken);
        Note(result);
        return result;
    }

    public override bool TryRead(out ReadResult result)
    {
        Refuse();
        bool has = inner.TryRead(out result);
        Note(result);
        return has;
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        long left = _read.Slice(consumed).Length;
        long packetBytes = left == _read.Length ? left : _read.Length - left;
        _isTooLong = packetBytes > packetBytesMost;
        _isCutOff = _isOver && left > 0 && left == _read.Length;
        _read = default;
        inner.AdvanceTo(consumed, examined);
    }

    public override void CancelPendingRead() => inner.CancelPendingRead();

    public override void Complete(Exception? exception = null) => inner.Complete(exception);

    private void Note(in ReadResult result)
    {
        _read = result.Buffer;
        _isOver = result.IsCompleted;
    }

    private void Refuse()
    {
        if (_isCutOff)
        {
            throw new InvalidDataException("the connection ended within a packet");
        }

        if (_isTooLong)
        {
            throw new InvalidDataException($"a packet of more than {packetBytesMost} bytes");
        }
    }
}
