using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using Steelyard.Core.Wire;
using Steelyard.Linux.Network;
using Steelyard.Linux.Ports;

namespace Steelyard.Rig.Vm.Inside;

/// <summary>The kernel's own IPVS in a network namespace, and the real ipvsadm.</summary>
internal sealed class KernelDirector : IDirector
{
    private readonly MacAddress _clientSide;
    private readonly MacAddress _serverSide;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("kernel-vm-");
    private readonly Process _shell;

    internal KernelDirector()
    {
        using (LinkEditor editor = LinkEditor.Inside(Wires.Place))
        {
            foreach (string address in Universe.VirtualAddresses)
            {
                editor.AddAddress("lo", Wires.Prefix($"{address}/32"));
            }
        }

        Wires.Place.Run(() =>
        {
            Set("ipv4/ip_forward", "1");
            Set("ipv4/icmp_ratelimit", "0");
            Set("ipv6/conf/all/forwarding", "1");
            Set("ipv6/icmp/ratelimit", "0");
            Set("ipv6/auto_flowlabels", "0");
            foreach (string name in (string[])
                ["all", "default", Wires.ClientSide, Wires.ServerSide])
            {
                Set($"ipv4/conf/{name}/send_redirects", "0");
                Set($"ipv4/conf/{name}/rp_filter", "0");
            }
        });
        (_clientSide, _serverSide) = Wires.Place.Run(() =>
        {
            using ControlSocket clients = new(Wires.ClientSide);
            using ControlSocket servers = new(Wires.ServerSide);
            return (clients.HardwareAddress, servers.HardwareAddress);
        });
        _shell = Wires.Place.Start(new("/bin/sh")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        });
        // As the recordings' director had them: by a route. Errors about packets to an address on
        // an interface would come from that address.
        Tell($"ip -6 route add local {Universe.VirtualNetworkIpv6} dev lo");

        // Sums that are left to a link would never be made: the far end sees them unfinished.
        Tell($"ethtool -K {Wires.ClientSide} tx off");
        Tell($"ethtool -K {Wires.ServerSide} tx off");
        Tell($"tc qdisc add dev {Wires.ClientSide} clsact");
        foreach ((string family, string address) in ((string, string)[])
        [
            ("ip", Universe.VirtualAddresses[Universe.MarkedIndex]),
            ("ipv6", Universe.VirtualAddressesIpv6[Universe.MarkedIndex]),
        ])
        {
            Tell($"tc filter add dev {Wires.ClientSide} ingress protocol {family} "
                + $"flower dst_ip {address} action skbedit mark {Universe.Mark}");
        }
    }

    public string Name => "kernel";

    public Wires Wires { get; } = new();

    public void Dispose()
    {
        _shell.StandardInput.Close();
        _shell.WaitForExit();
        _shell.Dispose();
        Wires.Dispose();
        _folder.Delete(recursive: true);
    }

    public MacAddress StationFor(bool isFromServer, bool isIpv4) =>
        isFromServer ? _serverSide : _clientSide;

    /// <summary>By the shell, as it forks quicker than this process.</summary>
    public Answer Ipvsadm(IReadOnlyList<string> words, string input)
    {
        File.WriteAllText(PathOf("in"), input);
        string line = string.Join(' ', words.Select(
            word => $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'"));
        int code = RunLine($"ipvsadm {line} < {PathOf("in")}");
        return new(code, File.ReadAllText(PathOf("out")), File.ReadAllText(PathOf("err")));
    }

    public void Settle(IReadOnlyList<(string Name, int Value)> settings) => Wires.Place.Run(() =>
    {
        foreach ((string name, int value) in settings)
        {
            Set($"ipv4/vs/{name}", value.ToString(CultureInfo.InvariantCulture));
        }
    });

    private void Tell(string line)
    {
        if (RunLine(line) != 0)
        {
            throw new InvalidOperationException($"{line}: {File.ReadAllText(PathOf("err"))}");
        }
    }

    private int RunLine(string line)
    {
        _shell.StandardInput.Write(
            $"{line} > {PathOf("out")} 2> {PathOf("err")}; echo $?\n");
        _shell.StandardInput.Flush();
        string code = _shell.StandardOutput.ReadLine()
            ?? throw new InvalidOperationException("the kernel's shell is gone");
        return int.Parse(code, CultureInfo.InvariantCulture);
    }

    private string PathOf(string name) => Path.Combine(_folder.FullName, name);

    private static void Set(string name, string value) =>
        File.WriteAllText($"/proc/sys/net/{name}", value);
}
