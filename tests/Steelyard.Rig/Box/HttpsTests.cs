using System;
using System.IO;

namespace Steelyard.Rig.Box;

/// <summary>A box's dashboard over HTTPS, with curl, as its configuration says it.</summary>
public sealed class HttpsTests
{
    private const string Off = "    off\n";

    [RootFact]
    public void A_reload_takes_the_dashboard_to_HTTPS_and_back()
    {
        using BoxWorld world = new();
        string folder = Path.Combine(world.Folder, "tls");
        string made = Shell.Run(
            $"dotnet {AppContext.BaseDirectory}/steelyard.dll certificate --folder {folder}");
        string fingerprint = made[(made.LastIndexOf(' ') + 1)..].Trim();
        using RunningBox box = new(world, "box2", Dashboard(string.Empty));
        Shell.Until("it answers", () => Curl(world, "http") == "200");

        Reload(box, Dashboard($"    tls {folder}/box.crt {folder}/box.key\n"));
        Shell.Until("it answers by TLS", () => Curl(world, "https") == "200");
        Assert.Contains($"fingerprint {fingerprint}", box.Log, StringComparison.Ordinal);
        Assert.NotEqual("200", Curl(world, "http"));

        Reload(box, Dashboard("    tls\n"));
        Shell.Until(
            "its own certificate is missed",
            () => box.Log.Contains("/data/tls/box.crt cannot be read: no such file"));

        Reload(box, Dashboard(string.Empty));
        Shell.Until("it answers without TLS again", () => Curl(world, "http") == "200");
    }

    private static string Dashboard(string line) => Configs.Routers()
        .Replace(Off, $"    listen 127.0.0.1 8080\n{line}", StringComparison.Ordinal);

    private static void Reload(RunningBox box, string config)
    {
        File.WriteAllText(box.Config, config);
        box.Signal("HUP");
    }

    private static string Curl(BoxWorld world, string scheme) => Shell.Try(
        $"ip netns exec {world.Name("box2")} curl -sk -m 5 -o /dev/null "
        + $"-w '%{{http_code}}' {scheme}://127.0.0.1:8080/").Output;
}
