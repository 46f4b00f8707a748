using System;
using System.Diagnostics;
using System.Threading.Tasks;
using Microsoft.Extensions.Logging.Abstractions;
using Steelyard.Core.Control;
using Steelyard.Core.Forwarding;
using Steelyard.Host.Loops;
using Steelyard.Linux.Ports;
using Steelyard.Tests.Control;

namespace Steelyard.Tests.Host.Loops;

public sealed class ControlLoopTests
{
    private const int Flood = 5000;

    [Fact]
    public async Task A_flood_of_news_takes_many_turns_and_no_sleep_between_them()
    {
        Exception? death = null;
        Engine engine = RecordingEffects.MakeEngine();
        Controller controller = RecordingEffects.MakeController(engine);
        using DataLoop data = new(engine, () => { }, _ => { });
        PortPoller poller = new();
        WorldEffects effects = new(data, NullLogger.Instance)
        {
            OnCollected = _ => { },
            OnProbeWanted = (_, _) => { },
            OnPanel = _ => { },
            OnReset = () => null,
            OnEvent = _ => { },
        };
        using ControlLoop control = new(
            controller, engine, data, poller, effects, NullLogger.Instance, it => death = it);
        for (int count = 0; count < Flood; count++)
        {
            Assert.True(engine.Events.TryPut(default));
        }

        control.Start();
        Stopwatch patience = Stopwatch.StartNew();
        while (!engine.Events.IsEmpty && patience.Elapsed < TimeSpan.FromSeconds(30))
        {
            await Task.Delay(1);
        }

        Assert.Null(death);
        Assert.True(engine.Events.IsEmpty);
        Assert.InRange(control.Turns, Flood / 512, long.MaxValue);
    }
}
