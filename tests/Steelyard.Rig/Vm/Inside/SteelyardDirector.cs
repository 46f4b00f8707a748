using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;
using Steelyard.Core.Wire;
using Steelyard.Host.Api;
using Steelyard.Host.Commands;

namespace Steelyard.Rig.Vm.Inside;

/// <summary>
/// A running Steelyard in a network namespace. Its ipvsadm is the program's own, called in this
/// process: in the guest a start of the runtime takes seconds.
/// </summary>
internal sealed class SteelyardDirector : IDirector
{
    private const byte OutsideId = 51;
    private const byte InsideId = 52;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("steelyard-vm-");
    private readonly StringBuilder _log = new();
    private readonly Process _process;
    private readonly string _configuration;
    private readonly string _socket;

    internal SteelyardDirector()
    {
        _configuration = Path.Combine(_folder.FullName, "steelyard.conf");
        _socket = Path.Combine(_folder.FullName, "socket");
        File.WriteAllText(_configuration, Configuration([]));
        ProcessStartInfo start = new("dotnet",
        [
            Path.Combine(AppContext.BaseDirectory, "steelyard.dll"), "run", "-c", _configuration,
            "--socket", _socket,
        ])
        {
            RedirectStandardError = true,
        };
        _process = Wires.Place.Start(start);
        _process.ErrorDataReceived += (_, line) =>
        {
            lock (_log)
            {
                _log.AppendLine(line.Data);
            }
        };
        _process.BeginErrorReadLine();
    }

    public string Name => "steelyard";

    public Wires Wires { get; } = new();

    internal string Log
    {
        get
        {
            lock (_log)
            {
                return _log.ToString();
            }
        }
    }

    public void Dispose()
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
        Wires.Dispose();
        _folder.Delete(recursive: true);
    }

    public MacAddress StationFor(bool isFromServer, bool isIpv4)
    {
        byte identifier = isFromServer ? InsideId : OutsideId;
        return isIpv4
            ? MacAddress.VirtualRouterIpv4(identifier)
            : MacAddress.VirtualRouterIpv6(identifier);
    }

    public void Settle(IReadOnlyList<(string Name, int Value)> settings)
    {
        File.WriteAllText(_configuration, Configuration(settings));
        using ControlClient client = new(_socket);
        ControlAnswer answer = client.ReloadAsync(CancellationToken.None).GetAwaiter().GetResult();
        if (!answer.IsDone)
        {
            throw new InvalidOperationException($"no reload: {answer.Sentence}");
        }
    }

    /// <summary>Waits until it answers.</summary>
    internal void WaitUntilUp()
    {
        long end = Environment.TickCount64 + (long)Patience.TotalMilliseconds;
        while (!File.Exists(_socket) || Ipvsadm(["-Ln"], string.Empty).Code != 0)
        {
            if (_process.HasExited || Environment.TickCount64 > end)
            {
                throw new InvalidOperationException($"steelyard did not come up: {Log}");
            }

            Thread.Sleep(50);
        }
    }

    public Answer Ipvsadm(IReadOnlyList<string> words, string input)
    {
        using StringWriter output = new();
        using StringWriter error = new();
        int code = IpvsadmCommandLine.RunAsync(
            IpvsadmCommandLine.Name,
            [.. words.Prepend(_socket).Prepend("--socket")],
            new StringReader(input),
            output,
            error).GetAwaiter().GetResult();
        return new(code, output.ToString(), error.ToString());
    }

    private static string Configuration(IEnumerable<(string Name, int Value)> settings) => $$"""
        global_defs {
            router_id guest
            vrrp_version 3
        }
        vrrp_sync_group pair {
            group {
                outside
                outside6
                inside
                inside6
            }
        }
        {{Router("outside", Wires.ClientSide, OutsideId, Universe.VirtualAddresses)}}
        {{Router("outside6", Wires.ClientSide, OutsideId, Universe.VirtualAddressesIpv6)}}
        {{Router("inside", Wires.ServerSide, InsideId, ["10.1.0.254"])}}
        {{Router("inside6", Wires.ServerSide, InsideId, ["fd00:1::fe"])}}
        mark {{Universe.Mark}} {
            destination {{Universe.VirtualAddresses[Universe.MarkedIndex]}}
        }
        mark {{Universe.Mark}} {
            destination {{Universe.VirtualAddressesIpv6[Universe.MarkedIndex]}}
        }
        lvs_settings {
            {{string.Join('\n', settings.Select(one => string.Create(
                CultureInfo.InvariantCulture, $"{one.Name} {one.Value}")))}}
        }
        dashboard {
            off
        }
        telemetry {
            listen 127.0.0.1 18831
        }

        """;

    private static string Router(
        string name, string link, byte identifier, IEnumerable<string> addresses) => $$"""
        vrrp_instance {{name}} {
            state MASTER
            interface {{link}}
            virtual_router_id {{identifier}}
            priority 200
            advert_int 0.5
            virtual_ipaddress {
                {{string.Join('\n', addresses)}}
            }
        }
        """;
}
