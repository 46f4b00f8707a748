using System;
using System.Globalization;
using Steelyard.Rig.Methods;
using Xunit.Sdk;

namespace Steelyard.Rig.Vm.Inside;

/// <summary>
/// The tests of tunnels where the kernel has a device for every kind of them: what the rig's own
/// program makes of a tunnel elsewhere is the kernel's word here.
/// </summary>
internal static class TunnelRun
{
    /// <summary>Returns how many tunnels carried nothing, or something else.</summary>
    internal static int Run(Action<string> say)
    {
        using MethodsFixture fixture = new();
        TunnelTests tests = new(fixture);
        int failures = 0;
        foreach ((int port, string server, string words) in MethodsConfig.Tunnels)
        {
            foreach (string address in (string[])[MethodsConfig.Shared, MethodsConfig.Shared6])
            {
                string what = string.Create(
                    CultureInfo.InvariantCulture, $"{address} {port} to {server} {words}");
                try
                {
                    using (ITunnelEnd end = fixture.World.OpenTunnel(port))
                    {
                        Assert.IsType<KernelTunnel>(end);
                    }

                    tests.A_tunnel_carries_files_whole(address, port);
                    say(what);
                }
                catch (XunitException exception)
                {
                    failures++;
                    say($"{what}: {exception.Message}");
                }
            }
        }

        return failures;
    }
}
