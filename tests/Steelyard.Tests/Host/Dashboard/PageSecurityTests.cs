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
    [InlineData("left.lan:8080", true)]
    [InlineData("left.home.arpa", true)]
    [InlineData("left.fritz.box", true)]
    [InlineData("Left.internal", true)]
    [InlineData("right.lan", false)]
    [InlineData("left.box", false)]
    [InlineData("a.left.lan", false)]
    [InlineData("evil.example", false)]
    [InlineData("left.evil.example", false)]
    [InlineData("192.168.7.2.evil.example", false)]
    public void A_box_is_asked_for_by_address_or_by_its_own_name(string host, bool isOwn) =>
        Assert.Equal(isOwn, new PageNames { Box = "left" }.IsOwn(new HostString(host)));

    [Fact]
    public void The_machine_s_name_is_the_box_s_too() =>
        Assert.True(
            new PageNames().IsOwn(new HostString(Environment.MachineName, 8080)));

    [Theory]
    [InlineData("lb.example.com:8443", true)]
    [InlineData("LB.example.com.", true)]
    [InlineData("a.lb.example.com", false)]
    [InlineData("lb.example.com.local", false)]
    [InlineData("example.com", false)]
    public void A_name_in_the_certificate_is_the_box_s_own(string host, bool isOwn) =>
        Assert.Equal(
            isOwn,
            new PageNames { Box = "left", Certified = ["lb.example.com"] }
                .IsOwn(new HostString(host)));

    /// <summary>Also where the box's name is a whole one of another domain.</summary>
    [Theory]
    [InlineData("left.example.org", true)]
    [InlineData("left.lan", true)]
    [InlineData("left", true)]
    [InlineData("example.org", false)]
    [InlineData("left.example.com", false)]
    public void A_box_of_a_whole_name_is_called_by_its_first_part_at_home(
        string host, bool isOwn) =>
        Assert.Equal(
            isOwn, new PageNames { Box = "left.example.org" }.IsOwn(new HostString(host)));

    [Theory]
    [InlineData("lb.example.org", "https://lb.example.org", true)]
    [InlineData("192.0.2.11:8080", "https://lb.example.org", true)]
    [InlineData("192.0.2.11:8080", "https://evil.example.org", false)]
    [InlineData("192.0.2.11:8080", "https://lb.example.org.evil.example", false)]
    public void A_name_that_is_allowed_is_own_and_its_page_may_listen(
        string host, string origin, bool may)
    {
        PageNames names = new() { Box = "left", Allowed = ["lb.example.org"] };

        Assert.True(names.IsOwn(new HostString(host)));
        Assert.Equal(may, MayListen("http", host, origin, names));
    }

    [Theory]
    [InlineData("http://right:8080", true)]
    [InlineData("http://right.lan:8080", true)]
    [InlineData("http://192.0.2.12:8080", true)]
    [InlineData("http://192.0.2.13:8080", false)]
    [InlineData("http://right.example.org", false)]
    [InlineData("file://", false)]
    public void The_twin_s_page_may_listen_by_its_name_and_by_its_address(string origin, bool may)
    {
        PageNames names = new()
        {
            Box = "left",
            Twin = new(true, "right") { Dashboard = "http://192.0.2.12:8080" },
        };

        Assert.Equal(may, MayListen("http", "192.0.2.11:8080", origin, names));
    }

    /// <summary>The sync channel says the twin's name, and whoever is on its link can.</summary>
    [Fact]
    public void A_twin_by_a_name_of_the_world_is_no_friend() =>
        Assert.False(MayListen(
            "http", "192.0.2.11", "http://evil.example",
            new PageNames { Box = "left", Twin = new(true, "evil.example") }));

    /// <summary>A policy has no place for an IPv6 address: CSP 3 §2.3.1.</summary>
    [Theory]
    [InlineData("http", "http://192.0.2.12:8080", " ws://192.0.2.12:8080;")]
    [InlineData("http", "http://[fd00::2]:8080", " ws://*:8080;")]
    [InlineData("http", "https://192.0.2.12", " wss://192.0.2.12;")]
    [InlineData("https", "https://[fd00::2]", " wss://*:443;")]
    [InlineData("https", "http://192.0.2.12:8080", ";")]
    [InlineData("http", "http://evil.example", ";")]
    [InlineData("http", "", ";")]
    public void The_page_may_talk_to_the_twin_that_the_box_knows(
        string scheme, string twin, string allowed)
    {
        DefaultHttpContext context = new();
        context.Request.Scheme = scheme;
        context.Request.Host = new("left.local", 8080);

        PageSecurity.Protect(context, twin);

        Assert.Contains(
            "connect-src 'self'" + allowed,
            context.Response.Headers.ContentSecurityPolicy.ToString(),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ws://10.0.0.2:8080/mqtt", "'self' ws://10.0.0.2:8080;")]
    [InlineData("ws://[fd00::2]:8080/mqtt", "'self' ws://*:8080;")]
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
        string origin, string host, bool may) =>
        Assert.Equal(may, MayListen("https", host, origin, new PageNames { Box = "left" }));

    private static bool MayListen(string scheme, string host, string origin, PageNames names)
    {
        DefaultHttpContext context = new();
        context.Request.Scheme = scheme;
        context.Request.Host = new(host);
        context.Request.Headers.Origin = origin;
        return PageSecurity.MayListen(context.Request, names);
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
        Assert.False(MayListen("http", "10.0.0.1:8080", origin, new PageNames()));
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
