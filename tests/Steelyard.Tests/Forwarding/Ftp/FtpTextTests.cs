using System.Text;
using CsCheck;
using Steelyard.Core.Forwarding.Ftp;
using Steelyard.Core.Wire;

namespace Steelyard.Tests.Forwarding.Ftp;

/// <summary>RFC 959 §4.1.2, §5.3; RFC 2428 §2, §3; examples from there.</summary>
public class FtpTextTests
{
    private static readonly Gen<Endpoint> Ends =
        from high in Gen.ULong
        from low in Gen.ULong
        from isIpv4 in Gen.Bool
        from port in Gen.UShort[1, ushort.MaxValue]
        select new Endpoint(
            isIpv4 ? IpAddress.FromIpv4((uint)(low & 0xFFFF_FFFF)) : new(high | 1, low), port);

    [Theory]
    [Rfc("959 §4.1.2")]
    [Rfc("2428 §2")]
    [InlineData("PORT 10,0,0,1,156,65\r\n", "10.0.0.1:40001", "10,0,0,1,156,65")]
    [InlineData("port   010,0,0,001,0,21\r\nRETR x\r\n", "10.0.0.1:21", "010,0,0,001,0,21")]
    [InlineData("EPRT |1|132.235.1.2|6275|\r\n", "132.235.1.2:6275", "|1|132.235.1.2|6275|")]
    [InlineData(
        "EPRT |2|1080::8:800:200C:417A|5282|\r\n",
        "[1080::8:800:200c:417a]:5282",
        "|2|1080::8:800:200C:417A|5282|")]
    [InlineData("Eprt ;1;10.0.0.1;1;\r\n", "10.0.0.1:1", ";1;10.0.0.1;1;")]
    public void A_client_names_its_end(string payload, string end, string text)
    {
        byte[] octets = Encoding.ASCII.GetBytes(payload);

        Assert.True(FtpText.TryReadCommand(octets, out FtpAddress address));

        Assert.Equal(end, address.End.ToString());
        Assert.Equal(text, payload.Substring(address.Start, address.Length));
        Assert.Equal(
            payload[0] is 'P' or 'p' ? FtpMessage.Port : FtpMessage.ExtendedPort,
            address.Message);
    }

    [Theory]
    [Rfc("959 §5.4")]
    [Rfc("2428 §3")]
    [InlineData(
        "227 Entering Passive Mode (10,1,0,11,4,210).\r\n", "10.1.0.11:1234", "10,1,0,11,4,210")]
    [InlineData("227 =10,1,0,11,4,210\r\n", "10.1.0.11:1234", "10,1,0,11,4,210")]
    [InlineData("227 Mode 2 (10,1,0,11,4,210)\r\n", "10.1.0.11:1234", "10,1,0,11,4,210")]
    [InlineData("229 Entering Extended Passive Mode (|||6446|)\r\n", null, "|||6446|")]
    [InlineData("229 ok (!!!6446!) x\r\n", null, "!!!6446!")]
    public void A_server_names_its_end(string payload, string? end, string text)
    {
        byte[] octets = Encoding.ASCII.GetBytes(payload);

        Assert.True(FtpText.TryReadReply(octets, out FtpAddress address));

        Assert.Equal(end ?? new Endpoint(default, 6446).ToString(), address.End.ToString());
        Assert.Equal(text, payload.Substring(address.Start, address.Length));
        Assert.Equal(
            end is null ? FtpMessage.ExtendedPassive : FtpMessage.Passive, address.Message);
    }

    [Theory]
    [Rfc("959 §4.1.2")]
    [Rfc("2428 §2")]
    [InlineData("")]
    [InlineData("PORT\r\n")]
    [InlineData("PORT 10,0,0,1,156,65")]
    [InlineData("PORT 10,0,0,1,156,65\n")]
    [InlineData("PORT 10,0,0,1,156\r\n")]
    [InlineData("PORT 10,0,0,1,156,65,1\r\n")]
    [InlineData("PORT 10,0,0,256,156,65\r\n")]
    [InlineData("PORT 10,0,0,1,0,0\r\n")]
    [InlineData("PORT 10,0,0,-1,1,1\r\n")]
    [InlineData("PORT 10,0,0,999999999999,1,1\r\n")]
    [InlineData("PORTS 10,0,0,1,156,65\r\n")]
    [InlineData("NOOP\r\nPORT 10,0,0,1,156,65\r\n")]
    [InlineData(" PORT 10,0,0,1,156,65\r\n")]
    [InlineData("EPRT |1|10.0.0.1|0|\r\n")]
    [InlineData("EPRT |1|10.0.0.1|65536|\r\n")]
    [InlineData("EPRT |1|10.0.0.1|80\r\n")]
    [InlineData("EPRT |1|10.0.0.1|80|x\r\n")]
    [InlineData("EPRT |1|::1|80|\r\n")]
    [InlineData("EPRT |1|10.0.0.010|80|\r\n")]
    [InlineData("EPRT |2|10.0.0.1|80|\r\n")]
    [InlineData("EPRT |2|::ffff:10.0.0.1|80|\r\n")]
    [InlineData("EPRT |3|10.0.0.1|80|\r\n")]
    [InlineData("EPRT 11110.0.0.11801\r\n")]
    [InlineData("227 x (10,1,0,11,4,210)\r\n")]
    public void Other_commands_name_none(string payload)
    {
        Assert.False(FtpText.TryReadCommand(Encoding.ASCII.GetBytes(payload), out _));
    }

    [Theory]
    [Rfc("959 §5.4")]
    [Rfc("2428 §3")]
    [InlineData("227-Entering Passive Mode (10,1,0,11,4,210)\r\n")]
    [InlineData("227 Entering Passive Mode\r\n")]
    [InlineData("227 (10,1,0,11,4,210\r\n")]
    [InlineData("227 (10,1,0,11,4,210,7)\r\n")]
    [InlineData("227 10,1,0,11,4,210,7\r\n")]
    [InlineData("227 (10,1,0,11,4,210)")]
    [InlineData("200 ok\r\n227 (10,1,0,11,4,210)\r\n")]
    [InlineData("229 |||6446|\r\n")]
    [InlineData("229 (|1|10.1.0.11|6446|)\r\n")]
    [InlineData("229 (|||6446|\r\n")]
    [InlineData("229 (|||0|)\r\n")]
    [InlineData("229 (||6446|)\r\n")]
    [InlineData("PORT 10,0,0,1,156,65\r\n")]
    public void Other_replies_name_none(string payload)
    {
        Assert.False(FtpText.TryReadReply(Encoding.ASCII.GetBytes(payload), out _));
    }

    [Fact]
    public void A_line_of_more_than_512_octets_is_not_looked_at()
    {
        string line = "227 " + new string('x', 510) + "(10,1,0,11,4,210)\r\n";

        Assert.False(FtpText.TryReadReply(Encoding.ASCII.GetBytes(line), out _));
    }

    [Fact]
    public void What_is_written_is_read_again()
    {
        Gen.Select(Ends, Gen.Bool).Sample((end, prefersOld) =>
        {
            bool isOld = prefersOld && end.Address.IsIpv4;
            byte[] text = new byte[FtpText.MaximumLength];
            int command = FtpText.Write(
                text, isOld ? FtpMessage.Port : FtpMessage.ExtendedPort, end);
            byte[] payload =
                [.. isOld ? "PORT "u8 : "EPRT "u8, .. text[..command], .. "\r\nNOOP\r\n"u8];

            Assert.True(FtpText.TryReadCommand(payload, out FtpAddress sent));
            Assert.Equal(end, sent.End);
            Assert.Equal((5, command), (sent.Start, sent.Length));

            int reply = FtpText.Write(
                text, isOld ? FtpMessage.Passive : FtpMessage.ExtendedPassive, end);
            payload = [.. isOld ? "227 ("u8 : "229 ("u8, .. text[..reply], .. ")\r\n"u8];

            Assert.True(FtpText.TryReadReply(payload, out FtpAddress answered));
            Assert.Equal(isOld ? end : new(default, end.Port), answered.End);
            Assert.Equal((5, reply), (answered.Start, answered.Length));
        });
    }

    [Fact]
    public void Random_text_does_no_harm()
    {
        Gen<string> pieces = Gen.OneOf(
            "PORT ", "EPRT ", "227 ", "229 ", "(", ")", "|", ",", "1", "255", "256", "0", " ",
            "::1", "10.0.0.1", "\r\n", "x", "10,0,0,1,4,210", "|||6446|");
        pieces.Array[0, 12].Sample(
            parts =>
            {
                byte[] payload = Encoding.ASCII.GetBytes(string.Concat(parts));

                if (FtpText.TryReadCommand(payload, out FtpAddress command))
                {
                    IsInside(command, payload);
                }

                if (FtpText.TryReadReply(payload, out FtpAddress reply))
                {
                    IsInside(reply, payload);
                }
            },
            iter: 100_000);
        Gen.Byte.Array[0, 60].Sample(
            octets =>
            {
                _ = FtpText.TryReadCommand([.. "EPRT |"u8, .. octets, .. "|\r\n"u8], out _);
                _ = FtpText.TryReadReply([.. "227 ("u8, .. octets, .. ")\r\n"u8], out _);
            },
            iter: 20_000);
    }

    [Fact]
    public void Nothing_is_allocated()
    {
        byte[] command = Encoding.ASCII.GetBytes("EPRT |2|2001:db8::1|5282|\r\n");
        byte[] reply = Encoding.ASCII.GetBytes("227 Entering (10,1,0,11,4,210)\r\n");
        byte[] text = new byte[FtpText.MaximumLength];

        long octets = Allocation.LeastOf(() =>
        {
            FtpText.TryReadCommand(command, out FtpAddress address);
            FtpText.TryReadReply(reply, out _);
            FtpText.Write(text, address.Message, address.End);
        });

        Assert.Equal(0, octets);
    }

    private static void IsInside(in FtpAddress address, byte[] payload)
    {
        Assert.InRange(address.Start, 4, payload.Length);
        Assert.InRange(address.Length, 5, payload.Length - address.Start - 2);
        Assert.NotEqual(0, address.End.Port);
    }
}
