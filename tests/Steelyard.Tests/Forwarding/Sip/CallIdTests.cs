using System;
using System.Linq;
using System.Text;
using CsCheck;
using Steelyard.Core.Forwarding.Sip;

namespace Steelyard.Tests.Forwarding.Sip;

/// <summary>RFC 3261 §20.8 and §25.1; values as in its examples.</summary>
public class CallIdTests
{
    private const string Invite = "INVITE sip:bob@biloxi.com SIP/2.0\r\n";

    [Theory]
    [Rfc("3261 §20.8")]
    [InlineData("Call-ID: f81d4fae-7dec@foo.bar.com\r\n", "f81d4fae-7dec@foo.bar.com")]
    [InlineData("i:f81d4fae-7dec@192.0.2.4\r\n", "f81d4fae-7dec@192.0.2.4")]
    [InlineData("I : 1\r\n", "1")]
    [InlineData("call-id\t:\t a84b4c76e66710\r\n", "a84b4c76e66710")]
    [InlineData("Via: x\r\nCALL-ID: <a>\"b\"[c]?{d}\\e\r\n", "<a>\"b\"[c]?{d}\\e")]
    [InlineData("Via: x\nCall-ID: bare-lf\nTo: y\n", "bare-lf")]
    [InlineData("Via: x\rCall-ID: bare-cr\rTo: y\r", "bare-cr")]
    [InlineData("Call-ID: a b\r\ni: second\r\n", "second")]
    [InlineData("Via: x\r\n\tfolded\r\ni: c\r\n", "c")]
    public void The_value_is_found(string headers, string expected)
    {
        Assert.Equal(expected, Find(Invite + headers + "\r\n"));
        Assert.Equal(expected, Find("SIP/2.0 200 OK\r\n" + headers + "\r\n"));
    }

    [Theory]
    [Rfc("3261 §25.1")]
    [InlineData("Call-ID:\r\n")]
    [InlineData("Call-ID \r\n")]
    [InlineData("Call-ID: cut")]
    [InlineData("Call-ID: a@\r\n")]
    [InlineData("Call-ID: @b\r\n")]
    [InlineData("Call-ID: a@b@c\r\n")]
    [InlineData("Call-ID: a,b\r\n")]
    [InlineData("Call-ID: trailing \r\n")]
    [InlineData("Call-IDs: a\r\n")]
    [InlineData("In-Reply-To: a\r\n")]
    [InlineData("Subject: x\r\n i: folded\r\n")]
    [InlineData("\r\nCall-ID: in-the-body\r\n")]
    public void What_is_no_call_id_is_not_found(string headers)
    {
        Assert.Null(Find(Invite + headers));
    }

    [Fact]
    public void A_first_line_is_no_header()
    {
        Assert.Null(Find("Call-ID: first\r\n\r\n"));
    }

    [Theory]
    [InlineData(255, true)]
    [InlineData(256, false)]
    public void A_long_value_is_found_up_to_255_octets(int length, bool isFound)
    {
        string value = new('x', length);

        Assert.Equal(isFound ? value : null, Find($"{Invite}Call-ID: {value}\r\n\r\n"));
    }

    [Fact]
    public void Random_messages_find_what_a_slow_reading_finds()
    {
        Gen<string> pieces = Gen.OneOf(
            "Call-ID", "call-id", "i", "I", ":", " ", "\t", "\r\n", "\n", "\r", "a", "b@c", "@",
            "Via: x", ",", Invite);
        pieces.Array[0, 14].Sample(
            parts =>
            {
                string message = string.Concat(parts);

                Assert.Equal(SlowFind(message), Find(message));
            },
            iter: 100_000);
    }

    [Fact]
    public void Random_octets_do_no_harm()
    {
        Gen.Byte.Array[0, 80].Sample(
            octets =>
            {
                byte[] message = [.. "X\r\ni:"u8, .. octets];
                if (CallId.TryFind(message, out ReadOnlySpan<byte> value))
                {
                    Assert.InRange(value.Length, 1, CallId.MaximumLength);
                }
            },
            iter: 50_000);
    }

    [Fact]
    public void Nothing_is_allocated()
    {
        byte[] message = Encoding.ASCII.GetBytes(Invite + "Via: x\r\nCall-ID: a@b\r\n\r\n");

        Assert.Equal(0, Allocation.LeastOf(() => CallId.TryFind(message, out _)));
    }

    private static string? Find(string message) =>
        CallId.TryFind(Encoding.ASCII.GetBytes(message), out ReadOnlySpan<byte> value)
            ? Encoding.ASCII.GetString(value)
            : null;

    /// <summary>Lines first, then each line by itself.</summary>
    private static string? SlowFind(string message)
    {
        string[] lines = message.Replace("\r\n", "\n").Replace('\r', '\n').Split('\n');

        // What follows the last line end has no end of its own.
        foreach (string line in lines.Skip(1).SkipLast(1).TakeWhile(line => line.Length > 0))
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            string name = colon < 0 ? "" : line[..colon].TrimEnd(' ', '\t').ToUpperInvariant();
            string value = line[(colon + 1)..].TrimStart(' ', '\t');
            string[] words = value.Split('@');
            if (name is "CALL-ID" or "I" && words.Length <= 2 && words.All(IsWord))
            {
                return value;
            }
        }

        return null;
    }

    private static bool IsWord(string text) =>
        text.Length > 0
        && text.All(c => char.IsAsciiLetterOrDigit(c) || "-.!%*_+`'~()<>:\\\"/[]?{}".Contains(c));
}
