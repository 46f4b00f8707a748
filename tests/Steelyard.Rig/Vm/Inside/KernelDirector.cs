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
            Set("ip_forward", "1");
            Set("icmp_ratelimit", "0");
            foreach (string name in (string[])
                ["all", "default", Wires.ClientSide, Wires.ServerSide])
            {
                Set($"conf/{name}/send_redirects", "0");
                Set($"conf/{name}/rp_filter", "0");
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

    public MacAddress StationFor(bool isFromServer) => isFromServer ? _serverSide : _clientSide;

    /// <summary>By the shell, as it forks quicker than this process.</summary>
    public Answer Ipvsadm(IReadOnlyList<string> words, string input)
    {
        File.WriteAllText(PathOf("in"), input);
        string line = string.Join(' ', words.Select(
            word => $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'"));
        _shell.StandardInput.Write(
            $"ipvsadm {line} < {PathOf("in")} > {PathOf("out")} 2> {PathOf("err")}; echo $?\n");
        _shell.StandardInput.Flush();
        string code = _shell.StandardOutput.ReadLine()
            ?? throw new InvalidOperationException("the kernel's shell is gone");
        return new(
            int.Parse(code, CultureInfo.InvariantCulture),
            File.ReadAllText(PathOf("out")),
            File.ReadAllText(PathOf("err")));
    }

    private string PathOf(string name) => Path.Combine(_folder.FullName, name);

    private static void Set(string name, string value) =>
        File.WriteAllText($"/proc/sys/net/ipv4/{name}", value);
}
