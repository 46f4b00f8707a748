using System;
using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

namespace Steelyard.Host.Mqtt;

/// <summary>
/// Gives a name to a client of MQTT 3.1.1 that has none, as <c>mosquitto_sub</c> without
/// <c>-i</c>. The protocol allows it (§3.1.3.1) and leaves the choice to the broker; MQTTnet's
/// server chooses for clients of MQTT 5 alone, so for it the name is put into the CONNECT. What
/// follows that first packet passes untouched.
/// </summary>
internal sealed class GuestNaming(PipeReader inner, Func<string> nameOf) : PipeReader
{
    // Fixed header, "MQTT" with its length, level, flags, keep-alive, length of the client id.
    // MQTT 3.1.1 §3.1.
    private const byte ConnectType = 0x10;
    private const byte Level311 = 4;
    private const byte CleanSession = 0x02;
    private const int NameLength = 6;
    private const int LevelOffset = 6;
    private const int FlagsOffset = 7;
    private const int ClientIdOffset = 10;
    private const int ClientIdLength = 2;
    private const int LengthBytesMost = 4;

    private ReadOnlySequence<byte> _named;
    private bool _isPast;

    private static ReadOnlySpan<byte> ProtocolName => "\0\u0004MQTT"u8;

    public override async ValueTask<ReadResult> ReadAsync(
        CancellationToken cancellationToken = default)
    {
        while (!_isPast)
        {
            ReadResult result = await inner.ReadAsync(cancellationToken);
            if (Look(result) is ReadResult answer)
            {
                return answer;
            }
        }

        return _named.IsEmpty
            ? await inner.ReadAsync(cancellationToken)
            : new ReadResult(_named, isCanceled: false, isCompleted: false);
    }

    public override bool TryRead(out ReadResult result)
    {
        if (!_isPast && inner.TryRead(out ReadResult first))
        {
            if (Look(first) is ReadResult answer)
            {
                result = answer;
                return true;
            }
        }

        if (!_isPast)
        {
            result = default;
            return false;
        }

        if (_named.IsEmpty)
        {
            return inner.TryRead(out result);
        }

        result = new ReadResult(_named, isCanceled: false, isCompleted: false);
        return true;
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        if (_named.IsEmpty)
        {
            inner.AdvanceTo(consumed, examined);
        }
        else
        {
            _named = _named.Slice(consumed);
        }
    }

    public override void CancelPendingRead() => inner.CancelPendingRead();

    public override void Complete(Exception? exception = null) => inner.Complete(exception);

    /// <summary>
    /// Looks at the beginning of a connection. Null when it has been dealt with, or more of it is
    /// needed; else what its reader is to see.
    /// </summary>
    private ReadResult? Look(in ReadResult result)
    {
        ReadOnlySequence<byte> buffer = result.Buffer;
        bool? isNameless = IsNameless(buffer, out int headLength, out long packetLength);
        if (result.IsCanceled)
        {
            return result;
        }

        bool isWhole = isNameless == true && buffer.Length >= packetLength;
        if (!isWhole && (isNameless == false || result.IsCompleted))
        {
            _isPast = true;
            return result;
        }

        if (!isWhole)
        {
            inner.AdvanceTo(buffer.Start, buffer.End);
            return null;
        }

        byte[] packet = buffer.Slice(0, packetLength).ToArray();
        inner.AdvanceTo(buffer.GetPosition(packetLength));
        _named = new(WithName(packet.AsSpan(headLength), nameOf()));
        _isPast = true;
        return null;
    }

    /// <summary>Null while too little of it is there to tell.</summary>
    private static bool? IsNameless(
        in ReadOnlySequence<byte> buffer, out int headLength, out long packetLength)
    {
        packetLength = 0;
        headLength = 0;
        Span<byte> start = stackalloc byte[
            1 + LengthBytesMost + ClientIdOffset + ClientIdLength];
        int known = (int)Math.Min(buffer.Length, start.Length);
        buffer.Slice(0, known).CopyTo(start);
        start = start[..known];
        if (known > 0 && start[0] != ConnectType)
        {
            return false;
        }

        int length = 0;
        for (int index = 0; index < LengthBytesMost; index++)
        {
            if (known < 2 + index)
            {
                return null;
            }

            length |= (start[1 + index] & 0x7F) << (7 * index);
            if (start[1 + index] < 0x80)
            {
                headLength = 2 + index;
                break;
            }
        }

        packetLength = headLength + (long)length;
        if (headLength == 0 || length < ClientIdOffset + ClientIdLength)
        {
            return false;
        }

        ReadOnlySpan<byte> body = start[headLength..];
        return body.Length < ClientIdOffset + ClientIdLength
            ? null
            : body[..NameLength].SequenceEqual(ProtocolName)
                && body[LevelOffset] == Level311
                && (body[FlagsOffset] & CleanSession) != 0
                && body[ClientIdOffset] == 0
                && body[ClientIdOffset + 1] == 0;
    }

    /// <summary>The CONNECT with a client id.</summary>
    private static byte[] WithName(ReadOnlySpan<byte> body, string name)
    {
        int length = body.Length + name.Length;
        ArrayBufferWriter<byte> packet = new(1 + LengthBytesMost + length);
        packet.Write([ConnectType]);
        for (int rest = length; rest > 0; rest >>= 7)
        {
            packet.Write([(byte)((rest & 0x7F) | (rest > 0x7F ? 0x80 : 0))]);
        }

        packet.Write(body[..ClientIdOffset]);
        packet.Write([(byte)(name.Length >> 8), (byte)name.Length]);
        packet.Write(Encoding.ASCII.GetBytes(name));
        packet.Write(body[(ClientIdOffset + ClientIdLength)..]);
        return packet.WrittenSpan.ToArray();
    }
}
