using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Extensions.Logging;
using Steelyard.Core.Control;
using Steelyard.Core.Time;
using Steelyard.Host.Loops;
using Steelyard.Tests.Control;

namespace Steelyard.Tests.Host.Loops;

public sealed class SamplingTests
{
    [Fact]
    public async Task A_busy_control_loop_costs_samples_and_not_the_sampling()
    {
        BoxStatus status = RecordingEffects.MakeController(RecordingEffects.MakeEngine())
            .Status(Instant.Zero);
        using CancellationTokenSource stop = new();
        List<BoxStatus> published = [];
        CountingLogger log = new();
        int asked = 0;
        Sampling sampling = new(
            () => ++asked <= 3
                ? Task.FromException<BoxStatus>(new InvalidOperationException("overloaded"))
                : Task.FromResult(status),
            sample =>
            {
                published.Add(sample);
                stop.Cancel();
            },
            () => TimeSpan.FromMilliseconds(1),
            log);

        await sampling.RunAsync(stop.Token).WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Same(status, Assert.Single(published));
        Assert.Equal(1, log.Lines);
    }

    private sealed class CountingLogger : ILogger
    {
        public int Lines { get; private set; }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter) => Lines++;
    }
}
