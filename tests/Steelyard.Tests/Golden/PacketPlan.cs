using System;
using System.Linq;
using System.Text;
using System.Text.Json;
using Steelyard.Core.Services;
using Steelyard.Core.Wire;

namespace Steelyard.Tests.Golden;

/// <summary>The packets of one event, as Data/ipvs/README.md lists them.</summary>
/// <param name="Packets">Of the client, in order.</param>
/// <param name="Reply">Of a NAT server to the first of them; null for none.</param>
internal sealed record PacketPlan(
    TransportProtocol Protocol,
    Func<Conversation, byte[]>[] Packets,
    Func<Conversation, byte[]>? Reply = null)
{
    private const TcpFlags Ack = TcpFlags.Acknowledgment;
    private const TcpFlags PushAck = TcpFlags.Push | Ack;
    private const TcpFlags FinAck = TcpFlags.Fin | Ack;

    public static PacketPlan Of(JsonElement step)
    {
        PacketPlan plan = ByOperation(step);
        return step.Text("checksum") switch
        {
            null => plan,
            "wrong" => plan with
            {
                Packets = Array.ConvertAll(plan.Packets, Wrong),
            },
            string other => throw new NotSupportedException(other),
        };
    }

    /// <summary>The same packet, with a checksum that no sum of it gives.</summary>
    private static Func<Conversation, byte[]> Wrong(Func<Conversation, byte[]> packet) =>
        conversation =>
        {
            byte[] wrong = packet(conversation);
            bool isUdp = PacketSums.Protocol(wrong) == GoldenPacket.UdpProtocol;
            wrong[PacketSums.HeaderLength(wrong) + (isUdp ? 6 : 16)] ^= 0x5A;
            return wrong;
        };

    private static PacketPlan ByOperation(JsonElement step)
    {
        int length = step.Number("len");
        return step.Text("op") switch
        {
            "syn" => Tcp([Client(TcpFlags.Syn)]),
            "rst" => Tcp([Client(TcpFlags.Reset)]),
            "cpkt" or "tcp" => Tcp([Client(step.Flags(), length)]),
            "open" => Tcp([Client(TcpFlags.Syn), Client(Ack)], Server(TcpFlags.Syn | Ack)),
            "close" => Tcp([Client(FinAck), Client(Ack)], Server(FinAck)),
            "data" => Tcp([Client(PushAck, length)], Answer(step.Number("reply_len"))),
            "data_many" => Many(step, length),
            "udp" => new(
                TransportProtocol.Udp, [conversation => conversation.FromClient(Payload(step))]),
            string other => throw new NotSupportedException(other),
            null => throw new FormatException("an event without op"),
        };
    }

    private static PacketPlan Many(JsonElement step, int length)
    {
        Assert.Equal("client", step.Text("direction"));
        return Tcp([.. Enumerable.Repeat(Client(PushAck, length), step.Number("count"))]);
    }

    private static PacketPlan Tcp(
        Func<Conversation, byte[]>[] packets, Func<Conversation, byte[]>? reply = null) =>
        new(TransportProtocol.Tcp, packets, reply);

    private static Func<Conversation, byte[]> Client(TcpFlags flags, int length = 0) =>
        conversation => conversation.FromClient(flags, length);

    private static Func<Conversation, byte[]> Server(TcpFlags flags, int length = 0) =>
        conversation => conversation.FromServer(flags, length);

    private static Func<Conversation, byte[]> Answer(int length) =>
        length == 0 ? Server(Ack) : Server(PushAck, length);

    private static byte[] Payload(JsonElement step) => step.Text("payload_text") is string text
        ? Encoding.UTF8.GetBytes(text)
        : GoldenPacket.Payload(step.Number("len"));
}
