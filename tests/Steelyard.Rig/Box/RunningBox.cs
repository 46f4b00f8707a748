using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json;

namespace Steelyard.Rig.Box;

/// <summary>A real <c>steelyard run</c> in a place of the world.</summary>
internal sealed class RunningBox : IDisposable
{
    private readonly BoxWorld _world;
    private readonly StringBuilder _log = new();
    private readonly Process _process;

    internal RunningBox(BoxWorld world, string place, string config, string? socket = null)
    {
        _world = world;
        Config = Path.Combine(world.Folder, $"{place}-{Guid.NewGuid():N}.conf");
        Socket = socket ?? Path.ChangeExtension(Config, ".sock");
        File.WriteAllText(Config, config);
        ProcessStartInfo start = new("ip") { RedirectStandardError = true };
        string program = Path.Combine(AppContext.BaseDirectory, "steelyard.dll");
        foreach (string word in (string[])
            ["netns", "exec", world.Name(place), "dotnet", program, "run", "-c", Config,
                "--socket", Socket])
        {
            start.ArgumentList.Add(word);
        }

        _process = Process.Start(start)!;
        _process.ErrorDataReceived += (_, line) =>
        {
            lock (_log)
            {
                _log.AppendLine(line.Data);
            }
        };
        _process.BeginErrorReadLine();
    }

    internal string Config { get; }

    internal string Socket { get; }

    internal bool HasExited => _process.HasExited;

    internal int ExitCode => _process.ExitCode;

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

    /// <summary>Signals by name, as kill does: TERM, HUP, KILL.</summary>
    internal void Signal(string name) => Shell.Run($"kill -{name} {_process.Id}");

    /// <summary>Runs a client command against this box.</summary>
    internal (int Code, string Output) Command(string line, string input = "/dev/null") =>
        Shell.Try($"dotnet {AppContext.BaseDirectory}/steelyard.dll {line} "
            + $"--socket {Socket} < {input}");

    /// <summary>ipvsadm on this box.</summary>
    internal (int Code, string Output) Ipvsadm(string line, string input = "/dev/null") =>
        Shell.Try($"STEELYARD_SOCKET={Socket} dotnet {AppContext.BaseDirectory}/steelyard.dll "
            + $"ipvsadm {line} < {input}");

    internal JsonElement Status()
    {
        (int code, string output) = Command("status --json");
        return code == 0
            ? JsonDocument.Parse(output).RootElement
            : JsonDocument.Parse("{\"virtual_routers\":[],\"services\":[]}").RootElement;
    }

    /// <summary>Connections of the first service that are open now.</summary>
    internal long ActiveConnections()
    {
        JsonElement services = Status().GetProperty("services");
        return services.GetArrayLength() == 0
            ? 0
            : services[0].GetProperty("real_servers").EnumerateArray()
                .Sum(server => server.GetProperty("active").GetInt64());
    }

    /// <summary>The state of the first virtual router.</summary>
    internal string Role()
    {
        JsonElement routers = Status().GetProperty("virtual_routers");
        return routers.GetArrayLength() == 0 ? "" : routers[0].GetProperty("state").GetString()!;
    }

    internal void WaitForRole(string role) => Shell.Until(
        $"the box is {role}; its log: {Log}", () => HasExited || Role() == role);

    /// <summary>
    /// Serves the first request, so that neighbours are known and checks are done.
    /// </summary>
    internal void WaitUntilServing(string port = "80") => Shell.Until(
        $"the box serves; its log: {Log}",
        () => _world.Curl(port: port).StartsWith("server", StringComparison.Ordinal));

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
        }

        _process.Dispose();
    }
}
