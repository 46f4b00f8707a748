using System;
using System.Globalization;
using System.Net;
using Steelyard.Core.Wire;

namespace Steelyard.Host.Lab;

/// <summary>
/// Who is where in the lab. Outside are the clients, inside the real servers; each box has a leg on
/// both sides, and the pair holds one virtual address on each: the service's, and the servers'
/// gateway.
/// </summary>
internal static class LabPlan
{
    public const int BoxCount = 2;
    public const int ServerCount = 3;
    public const ushort WebPort = 80;
    public const ushort EchoPort = 7;
    public const ushort DashboardPort = 8080;
    public const string OutsideLeg = "outside";
    public const string InsideLeg = "inside";
    public const string HostLeg = "eth0";

    // Three lost adverts and a skew of a few milliseconds: a twin is taken for dead after 30 to 40
    // ms. That asks for real-time priority; without it, an ordinary user's busy machine may well
    // let a program wait for so long, and each time would look like a death.
    private static readonly TimeSpan Fast = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Patient = TimeSpan.FromMilliseconds(250);

    public static TimeSpan AdvertisementInterval { get; } =
        LabRights.GrantRealTime ? Fast : Patient;

    /// <summary>The time within which a dead server must be found.</summary>
    public static readonly TimeSpan CheckPeriod = TimeSpan.FromMilliseconds(200);

    public static IpPrefix Everywhere { get; } = Prefix("0.0.0.0/0");

    public static IpPrefix VirtualOutside { get; } = Prefix("192.168.100.1/24");

    public static IpPrefix Client { get; } = Prefix("192.168.100.10/24");

    public static IpPrefix VirtualInside { get; } = Prefix("10.0.0.1/24");

    public static IPEndPoint Web { get; } = new(VirtualOutside.Address.ToIPAddress(), WebPort);

    public static IPEndPoint Echo { get; } = new(VirtualOutside.Address.ToIPAddress(), EchoPort);

    /// <param name="box">0 for A, 1 for B.</param>
    public static IpPrefix BoxOutside(int box) => Prefix($"192.168.100.{box + 2}/24");

    public static IpPrefix BoxInside(int box) => Prefix($"10.0.0.{box + 2}/24");

    public static string BoxName(int box) => box == 0 ? "a" : "b";

    /// <param name="server">From 0.</param>
    public static IpPrefix Server(int server) => Prefix($"10.0.0.{server + 11}/24");

    public static string ServerName(int server) =>
        string.Create(CultureInfo.InvariantCulture, $"server-{server + 1}");

    /// <summary>
    /// The page of a box, told to listen to the twin as well: each box has a broker of its own.
    /// </summary>
    /// <param name="first">Port of box A's page on loopback; B's is the next.</param>
    public static string DashboardAddress(ushort first, int box) => string.Create(
        CultureInfo.InvariantCulture,
        $"http://127.0.0.1:{first + box}/?peer=ws://127.0.0.1:{first + 1 - box}/mqtt");

    private static IpPrefix Prefix(FormattableString text) =>
        Prefix(text.ToString(CultureInfo.InvariantCulture));

    private static IpPrefix Prefix(string text) => IpPrefix.TryParse(text, out IpPrefix prefix)
        ? prefix
        : throw new FormatException($"'{text}' is no address with a length");
}
