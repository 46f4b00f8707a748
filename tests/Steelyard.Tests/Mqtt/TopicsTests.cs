using Steelyard.Host.Mqtt;

namespace Steelyard.Tests.Mqtt;

public sealed class TopicsTests
{
    [Theory]
    [InlineData("lb-1", "lb-1")]
    [InlineData("tcp 192.168.100.1:80", "tcp-192_168_100_1-80")]
    [InlineData("10.0.0.3:8080", "10_0_0_3-8080")]
    [InlineData("udp [2001:db8::1]:53", "udp-2001_db8__1-53")]
    [InlineData("fwm 7", "fwm-7")]
    [InlineData("lb1.example.com", "lb1_example_com")]
    [InlineData("a/+/#", "a____")]
    [InlineData("Büro", "B_ro")]
    [InlineData("", "_")]
    public void A_name_becomes_an_id_without_wildcards(string name, string id) =>
        Assert.Equal(id, Topics.Id(name));

    [Theory]
    [InlineData("büro", "bäro")]
    [InlineData("büro", "b_ro")]
    [InlineData("lb1.example.com", "lb1_example_com")]
    [InlineData("a b", "a-b")]
    [InlineData("a:1", "a-1")]
    [InlineData("[a]", "a")]
    [InlineData("東京", "大阪")]
    [InlineData("", "_")]
    public void Two_boxes_of_different_names_share_neither_topics_nor_client_id(
        string one, string other)
    {
        Assert.NotEqual(new Topics(one).State, new Topics(other).State);
        Assert.NotEqual(ClientIds.Of(one), ClientIds.Of(other));
        Assert.NotEqual(new Topics(Topics.BoxId(one)).State, new Topics(one).State);
        Assert.Matches("^[A-Za-z0-9_-]+$", Topics.BoxId(one));
    }

    [Theory]
    [InlineData("lb-1")]
    [InlineData("LVS_MASTER")]
    [InlineData("7")]
    public void A_plain_name_is_its_own_id(string name) => Assert.Equal(name, Topics.BoxId(name));

    [Fact]
    public void Every_topic_stands_below_the_box()
    {
        Topics topics = new("left");

        Assert.Equal("steelyard/left/availability", topics.Availability);
        Assert.Equal("steelyard/left/state", topics.State);
        Assert.Equal("steelyard/left/rates", topics.Rates);
        Assert.Equal("steelyard/left/event", topics.Event);
        Assert.Equal("steelyard/left/events", topics.Events);
        Assert.Equal("steelyard/left/router/VI_1/state", topics.Router("VI_1"));
        Assert.Equal("steelyard/left/service/s/state", topics.Service("s"));
        Assert.Equal("steelyard/left/service/s/real/r/state", topics.Server("s", "r"));
    }
}
