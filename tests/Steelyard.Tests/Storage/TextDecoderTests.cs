using System.Collections.Generic;
using System.Linq;
using System.Text;
using Steelyard.Host.Storage;

namespace Steelyard.Tests.Storage;

/// <summary>
/// What editors write: Notepad's "Unicode" is UTF-16 with a mark, old ones write Latin-1.
/// </summary>
public sealed class TextDecoderTests
{
    private const string Text = "router_id größe # 10 €\nnext\n";

    public static TheoryData<string, byte[]> Encodings() => new()
    {
        { "UTF-8", new UTF8Encoding(false).GetBytes(Text) },
        { "UTF-8 with a mark", Marked(new UTF8Encoding(true)) },
        { "UTF-16 LE with a mark", Marked(Encoding.Unicode) },
        { "UTF-16 BE with a mark", Marked(Encoding.BigEndianUnicode) },
        { "UTF-16 LE", Encoding.Unicode.GetBytes(Text) },
        { "UTF-16 BE", Encoding.BigEndianUnicode.GetBytes(Text) },
    };

    [Theory]
    [MemberData(nameof(Encodings))]
    public void Every_encoding_of_a_text_is_that_text(string name, byte[] bytes)
    {
        Assert.True(Text == TextDecoder.Decode(bytes), name);
    }

    [Fact]
    public void What_is_no_utf_8_is_latin_1()
    {
        byte[] bytes = Encoding.Latin1.GetBytes("größe");

        Assert.Equal("größe", TextDecoder.Decode(bytes));
    }

    [Theory]
    [InlineData("a\r\nb\r\n", "a\nb\n")]
    [InlineData("a\rb\r", "a\nb\n")]
    [InlineData("a\nb", "a\nb")]
    [InlineData("a\r\n\rb\n", "a\n\nb\n")]
    [InlineData("", "")]
    public void Line_ends_of_every_system_are_line_ends(string written, string expected)
    {
        Assert.Equal(expected, TextDecoder.Decode(Encoding.UTF8.GetBytes(written)));
        Assert.Equal(expected, TextDecoder.Decode(Marked(Encoding.Unicode, written)));
    }

    [Fact]
    public void A_character_that_the_end_cuts_in_two_does_not_change_the_encoding()
    {
        byte[] bytes = Encoding.UTF8.GetBytes("größe")[..3];

        Assert.Equal("gr", TextDecoder.Decode(bytes, isWhole: false));
    }

    private static byte[] Marked(Encoding encoding, string text = Text)
    {
        IEnumerable<byte> bytes = encoding.GetPreamble().Concat(encoding.GetBytes(text));
        return [.. bytes];
    }
}
