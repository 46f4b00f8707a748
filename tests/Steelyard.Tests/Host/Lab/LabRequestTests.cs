using System;
using System.Text;
using Steelyard.Host.Lab;

namespace Steelyard.Tests.Host.Lab;

public sealed class LabRequestTests
{
    private const string Whole =
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-Server: server-2\r\nDate: now\r\n\r\nhello";

    [Fact]
    public void A_whole_answer_names_its_server()
    {
        Assert.True(LabRequest.TryRead(Encoding.ASCII.GetBytes(Whole), out string server));
        Assert.Equal("server-2", server);
    }

    [Fact]
    public void An_answer_is_whole_only_with_its_last_octet()
    {
        byte[] octets = Encoding.ASCII.GetBytes(Whole);

        for (int length = 0; length < octets.Length; length++)
        {
            Assert.False(LabRequest.TryRead(octets.AsSpan(0, length), out _));
        }
    }

    [Theory]
    [InlineData("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n", "answered 'HTTP/1.1 503 Busy'")]
    [InlineData("HTTP/1.1 200 OK\r\n\r\n", "answered without a length")]
    public void Another_answer_is_a_failure_that_says_what_came(string answer, string sentence)
    {
        LabException failure = Assert.Throws<LabException>(
            () => LabRequest.TryRead(Encoding.ASCII.GetBytes(answer), out _));

        Assert.Equal(sentence, failure.Message);
    }
}
