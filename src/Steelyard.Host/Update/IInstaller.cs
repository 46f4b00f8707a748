using System;
using System.Threading;
using System.Threading.Tasks;

namespace Steelyard.Host.Update;

/// <param name="Compatible">The kind of board that it is for.</param>
internal sealed record Bundle(string Compatible, string Version);

/// <summary>
/// Who writes roots: RAUC on the box. Refusals come as <see cref="UpdateRefusedException"/>.
/// </summary>
internal interface IInstaller
{
    /// <summary>Checks a bundle's signature, and says what it is.</summary>
    Task<Bundle> InspectAsync(string path, CancellationToken cancellation);

    /// <summary>The kind of board that this box is.</summary>
    Task<string> ReadCompatibleAsync(CancellationToken cancellation);

    /// <summary>
    /// Whether the root that runs is new and not kept yet: the box may go back to the other one.
    /// </summary>
    Task<bool> IsOnTrialAsync(CancellationToken cancellation);

    /// <summary>
    /// Writes the idle root, and has it tried at the next start. A cancellation ends the writing,
    /// and what was written is not tried.
    /// </summary>
    /// <param name="onProgress">Percent, and what is done.</param>
    Task InstallAsync(
        string path, Action<int, string> onProgress, CancellationToken cancellation);

    /// <summary>Starts the box anew; it goes down soon after.</summary>
    Task RestartAsync(CancellationToken cancellation);
}
