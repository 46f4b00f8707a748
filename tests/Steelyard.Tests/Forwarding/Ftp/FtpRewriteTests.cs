using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using CsCheck;
using Steelyard.Core.Connections;
using Steelyard.Core.Forwarding.Ftp;
using Steelyard.Core.Wire;
using Steelyard.Tests.Wire;

namespace Steelyard.Tests.Forwarding.Ftp;

/// <summary>
/// Two ends talk through a box that makes some of their lines longer and others shorter, over a
/// wire that loses, doubles and reorders: each must read the other's lines, with only the ends
/// replaced, and never be told of octets that it did not send. A line that names an end is the last
/// one under way, as FTP has it: whoever sent it waits for the answer.
/// </summary>
public class FtpRewriteTests
{
    private const string Passive = "227 Passive ({0}).\r\n";

    private static readonly Endpoint[] Ends =
    [
        new(IpAddress.Parse("1.2.3.4"), 0x0101),
        new(IpAddress.Parse("10.20.30.4"), 0x1515),
        new(IpAddress.Parse("192.168.100.200"), 0xC8C8),
    ];

    [Fact]
    public void Both_ends_read_whole_streams()
    {
        Gen.Select(
            Gen.Select(Gen.Int[0, 2], Gen.Int[0, 2], Gen.Bool, Gen.Int[0, 2]).List[1, 8],
            Gen.UInt,
            Gen.UInt,
            Gen.Int[0, 99].Array[200]).Sample(
            (turns, clientStart, serverStart, luck) =>
            {
                Wire wire = new(clientStart, serverStart, luck);
                string toServer = "";
                string toClient = "";
                foreach ((int named, int replaced, bool isExtended, int extra) in turns)
                {
                    FtpMessage command = isExtended ? FtpMessage.ExtendedPort : FtpMessage.Port;
                    string ask = isExtended ? "EPRT {0}\r\n" : "PORT {0}\r\n";
                    string[] more = [.. Enumerable.Range(0, extra).Select(n => $"NOOP{n}\r\n")];
                    wire.Replacement = Ends[replaced];

                    wire.Exchange(
                        [.. more, Line(ask, command, Ends[named])],
                        [.. more, Line(Passive, FtpMessage.Passive, Ends[named])]);

                    toServer += string.Concat(more) + Line(ask, command, Ends[replaced]);
                    toClient += string.Concat(more)
                        + Line(Passive, FtpMessage.Passive, Ends[replaced]);
                    Assert.Equal(toServer, wire.Server.Received);
                    Assert.Equal(toClient, wire.Client.Received);
                }
            },
            iter: 3000);
    }

    private static string Line(string form, FtpMessage message, in Endpoint end)
    {
        Span<byte> text = stackalloc byte[FtpText.MaximumLength];
        int length = FtpText.Write(text, message, end);
        return form.Replace(
            "{0}", Encoding.ASCII.GetString(text[..length]), StringComparison.Ordinal);
    }

    /// <summary>Both ends, the box between them, and what is under way.</summary>
    private sealed class Wire(uint clientStart, uint serverStart, int[] luck)
    {
        private readonly List<(bool ToServer, byte[] Packet)> _underWay = [];
        private SequenceShift _fromClient;
        private SequenceShift _fromServer;
        private int _drawn;

        public FtpHost Client { get; } = new(clientStart, serverStart);

        public FtpHost Server { get; } = new(serverStart, clientStart);

        public Endpoint Replacement { get; set; }

        public void Exchange(string[] fromClient, string[] fromServer)
        {
            Array.ForEach(fromClient, line => _underWay.Add((true, Client.Send(line))));
            Settle();
            Array.ForEach(fromServer, line => _underWay.Add((false, Server.Send(line))));
            Settle();
        }

        private void Settle()
        {
            for (int round = 0; round < 1000; round++)
            {
                while (_underWay.Count > 0)
                {
                    Deliver();
                }

                if (Client.IsAllAcknowledged && Server.IsAllAcknowledged)
                {
                    return;
                }

                _underWay.AddRange(Client.SendAgain().Select(packet => (true, packet)));
                _underWay.AddRange(Server.SendAgain().Select(packet => (false, packet)));
            }

            Assert.Fail("the connection is stuck");
        }

        /// <summary>One packet, not always the oldest: lost, doubled, or taken.</summary>
        private void Deliver()
        {
            int index = Draw() % Math.Min(3, _underWay.Count);
            (bool toServer, byte[] packet) = _underWay[index];
            int fate = Draw();
            if (fate >= 10)
            {
                _underWay.RemoveAt(index);
            }

            if (fate < 30 && fate >= 10)
            {
                return;
            }

            byte[]? passed = Pass(packet, toServer);
            if (passed is null)
            {
                return;
            }

            Assert.Null(SlowChecksum.FaultOf(passed));
            byte[]? answer = (toServer ? Server : Client).Take(passed);
            if (answer is not null)
            {
                _underWay.Add((!toServer, answer));
            }
        }

        /// <summary>What the box does to a packet.</summary>
        private byte[]? Pass(byte[] packet, bool toServer)
        {
            byte[] room = new byte[packet.Length + FtpText.MaximumLength];
            packet.CopyTo(room, 0);
            Assert.True(
                TcpSegment.TryParse(room.AsSpan(20, packet.Length - 20), out TcpSegment segment));
            ref SequenceShift own = ref toServer ? ref _fromClient : ref _fromServer;
            ref SequenceShift other = ref toServer ? ref _fromServer : ref _fromClient;
            uint sequence = segment.SequenceNumber;
            SequenceRewrite.Move(segment, own, other, isUnfinished: false);
            int length = segment.Payload.Length;
            if (toServer
                ? !FtpText.TryReadCommand(segment.Payload, out FtpAddress address)
                : !FtpText.TryReadReply(segment.Payload, out address))
            {
                return room[..packet.Length];
            }

            if (own.IsForgotten(sequence))
            {
                return null;
            }

            Span<byte> text = stackalloc byte[FtpText.MaximumLength];
            text = text[..FtpText.Write(text, address.Message, Replacement)];
            int grown = SequenceRewrite.Replace(
                room.AsSpan(packet.Length - length),
                length,
                address.Start,
                address.Length,
                text,
                out uint difference);
            own.Resize(sequence, length, grown - length);
            segment.Checksum = InternetChecksum.Update(segment.Checksum, difference);
            byte[] whole = room[..(packet.Length - length + grown)];
            BinaryPrimitives.WriteUInt16BigEndian(whole.AsSpan(2), (ushort)whole.Length);
            whole[10] = 0;
            whole[11] = 0;
            BinaryPrimitives.WriteUInt16BigEndian(
                whole.AsSpan(10), SlowChecksum.Of(whole.AsSpan(0, 20)));
            return whole;
        }

        /// <summary>Bad luck runs out, so that every run comes to its end.</summary>
        private int Draw() => _drawn < luck.Length ? luck[_drawn++] : 30;
    }
}
