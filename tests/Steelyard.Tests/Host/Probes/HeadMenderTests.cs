using System;
using System.Text;
using Steelyard.Host.Probes;

namespace Steelyard.Tests.Host.Probes;

public sealed class HeadMenderTests
{
    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\n\r\nhello", "HTTP/1.1 200 OK\r\n\r\nhello")]
    [InlineData("HTTP/1.0 200 OK\n\nhello", "HTTP/1.0 200 OK\n\nhello")]
    [InlineData(
        "HTTP/1.1 200 OK\r\nMon Nov 30 12:00:00\r\nA: b\r\n\r\nx: y\n\n",
        "HTTP/1.1 200 OK\r\nA: b\r\n\r\nx: y\n\n")]
    [InlineData(
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 503 No\r\nno field\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 503 No\r\n\r\n")]
    public void However_slowly_a_head_comes_each_line_is_taken_once(string answer, string mended)
    {
        byte[] octets = Encoding.ASCII.GetBytes(answer);
        using HeadMender mender = new();
        int taken = 0;
        int come = 0;
        while (!mender.IsWhole)
        {
            come++;
            taken += mender.Take(octets.AsSpan(taken..come));
        }

        Assert.Equal(mended, Encoding.ASCII.GetString(mender.End(octets.AsSpan(taken))));
    }

    [Fact]
    public void A_head_without_an_end_is_not_whole()
    {
        using HeadMender mender = new();

        Assert.Equal(23, mender.Take("HTTP/1.1 200 OK\r\nA: b\r\nand"u8));
        Assert.False(mender.IsWhole);
    }
}
