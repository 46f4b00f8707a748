using System;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Extensions.Logging;
using Steelyard.Core.Control;
using Steelyard.Host.Logging;

namespace Steelyard.Host.Loops;

/// <summary>Once in each interval a picture of the box goes out.</summary>
internal sealed class Sampling(
    Func<Task<BoxStatus>> takeAsync,
    Action<BoxStatus> publish,
    Func<TimeSpan> interval,
    ILogger log)
{
    private bool _hasComplained;

    /// <summary>Samples until it is told to stop, and does not throw.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            await SampleAsync();
            await Task.Delay(interval(), cancellationToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>A busy control loop costs this sample, not all later ones.</summary>
    private async Task SampleAsync()
    {
        try
        {
            publish(await takeAsync());
            _hasComplained = false;
        }
#pragma warning disable CA1031 // Whatever it is, the next sample is tried.
        catch (Exception overloaded)
#pragma warning restore CA1031
        {
            if (!_hasComplained)
            {
                _hasComplained = true;
                Log.SampleSkipped(log, overloaded.Message);
            }
        }
    }
}
