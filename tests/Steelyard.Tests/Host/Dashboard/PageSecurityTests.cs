using System;
using Microsoft.AspNetCore.Http;
using Steelyard.Host.Dashboard;

namespace Steelyard.Tests.Host.Dashboard;

public sealed class PageSecurityTests
{
    [Theory]
    [InlineData("192.168.7.2:8080", true)]
    [InlineData("[fd00::2]:8080", true)]
    [InlineData("localhost:8080", true)]
    [InlineData("left", true)]
    [InlineData("LEFT.local.:8080", true)]
    [InlineData("", true)]
    [InlineData("evil.example", false)]
    [InlineData("left.evil.example", false)]
    [InlineData("192.168.7.2.evil.example", false)]
    public void A_box_is_asked_for_by_address_or_by_its_own_name(string host, bool isOwn) =>
        Assert.Equal(isOwn, PageSecurity.IsOwnName(new HostString(host), "left", []));

    [Fact]
    public void The_machine_s_name_is_the_box_s_too() =>
        Assert.True(
            PageSecurity.IsOwnName(new HostString(Environment.MachineName, 8080), null, []));

    [Theory]
    [InlineData("lb.example.com:8443", true)]
    [InlineData("LB.example.com.", true)]
    [InlineData("a.lb.example.com", false)]
    [InlineData("lb.example.com.local", false)]
    [InlineData("example.com", false)]
    public void A_name_in_the_certificate_is_the_box_s_own(string host, bool isOwn) =>
        Assert.Equal(
            isOwn, PageSecurity.IsOwnName(new HostString(host), "left", ["lb.example.com"]));

    [Theory]
    [InlineData("ws://10.0.0.2:8080/mqtt", "'self' ws://10.0.0.2:8080;")]
    [InlineData("ws://[fd00::2]:8080/mqtt", "'self' ws://[fd00::2]:8080;")]
    [InlineData("ws://127.0.0.1:8081/mqtt", "'self' ws://127.0.0.1:8081;")]
    [InlineData("wss://localhost/mqtt", "'self' wss://localhost;")]
    [InlineData("ws://left.local:8081/mqtt", "'self' ws://left.local:8081;")]
    [InlineData("ws://evil.example/mqtt", "'self';")]
    [InlineData("http://10.0.0.2/", "'self';")]
    public void The_page_may_talk_to_a_peer_by_address_and_to_no_stranger_s_name(
        string peer, string allowed)
    {
        Assert.Contains(
            "connect-src " + allowed,
            PolicyOf("http", 8080, peer),
            StringComparison.Ordinal);
    }

    /// <summary>Else it is mixed content, which a browser does not let through.</summary>
    [Theory]
    [InlineData("ws://10.0.0.2:8080/mqtt", "'self' wss://10.0.0.2:8080;")]
    [InlineData("wss://10.0.0.2:8443/mqtt", "'self' wss://10.0.0.2:8443;")]
    [InlineData("ws://evil.example/mqtt", "'self';")]
    public void A_page_that_came_by_HTTPS_may_talk_to_its_peer_by_TLS_alone(
        string peer, string allowed)
    {
        Assert.Contains(
            "connect-src " + allowed,
            PolicyOf("https", 8443, peer),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://left.local:8443", "left.local:8443", true)]
    [InlineData("https://left.local", "left.local", true)]
    [InlineData("https://evil.example:8443", "left.local:8443", false)]
    [InlineData("https://left.local:8444", "left.local:8443", false)]
    public void A_page_that_came_by_HTTPS_may_listen_to_its_own_box(
        string origin, string host, bool may)
    {
        DefaultHttpContext context = new();
        context.Request.Scheme = "https";
        context.Request.Host = new(host);
        context.Request.Headers.Origin = origin;

        Assert.Equal(may, PageSecurity.MayListen(context.Request));
    }

    [Theory]
    [InlineData("null")]
    [InlineData("file://")]
    [InlineData("file:///")]
    [InlineData("file://localhost/x.html")]
    [InlineData("file://10.0.0.2/x.html")]
    [InlineData("ftp://10.0.0.2")]
    [InlineData("chrome-extension://10.0.0.2")]
    [InlineData("http://10.0.0.2, http://evil.example")]
    [InlineData("http://")]
    public void What_is_no_page_of_a_web_server_may_not_listen(string origin)
    {
        DefaultHttpContext context = new();
        context.Request.Host = new("10.0.0.1:8080");
        context.Request.Headers.Origin = origin;

        Assert.False(PageSecurity.MayListen(context.Request));
    }

    private static string PolicyOf(string scheme, int port, string peer)
    {
        DefaultHttpContext context = new();
        context.Request.Scheme = scheme;
        context.Request.Host = new("left.local", port);
        context.Request.QueryString = QueryString.Create("peer", peer);

        PageSecurity.Protect(context);

        return context.Response.Headers.ContentSecurityPolicy.ToString();
    }
}
