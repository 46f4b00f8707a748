using System;
using System.Collections.Immutable;
using System.Threading;
using System.Threading.Tasks;
using Steelyard.Core.Connections;
using Steelyard.Core.Forwarding;
using Steelyard.Core.Forwarding.Commands;
using Steelyard.Core.Services;

namespace Steelyard.Host.Loops;

/// <summary>
/// Questions of any thread that only the engine can answer. The engine's queue has one writer, so
/// each goes through the inbox, and the control loop puts it.
/// </summary>
/// <param name="tryPut">Puts a command before the engine; only the control loop may.</param>
internal sealed class EngineQuestions(Inbox inbox, Func<IEngineCommand, bool> tryPut)
{
    /// <summary>What would become of a packet.</summary>
    /// <exception cref="InvalidOperationException">A loop is overloaded.</exception>
    public async Task<Explanation> ExplainAsync(
        FlowKey flow, CancellationToken cancellationToken)
    {
        TaskCompletionSource<Explain> done = new(
            TaskCreationOptions.RunContinuationsAsynchronously);
        await PutAsync(new Explain(flow, done.SetResult), cancellationToken);
        return (await done.Task.WaitAsync(cancellationToken)).Answer;
    }

    /// <summary>The connections, at most so many.</summary>
    /// <exception cref="InvalidOperationException">A loop is overloaded.</exception>
    public async Task<ImmutableArray<ConnectionRecord>> ConnectionsAsync(
        int limit, CancellationToken cancellationToken)
    {
        TaskCompletionSource<SnapshotConnections> done = new(
            TaskCreationOptions.RunContinuationsAsynchronously);
        await PutAsync(
            new SnapshotConnections(new ConnectionRecord[limit], done.SetResult),
            cancellationToken);
        SnapshotConnections listed = await done.Task.WaitAsync(cancellationToken);
        if (!listed.IsWhole && listed.Records.Length < limit)
        {
            throw new InvalidOperationException("too many listings are under way");
        }

        return [.. listed.Records];
    }

    private async Task PutAsync(IEngineCommand command, CancellationToken cancellationToken)
    {
        if (!await inbox.AskAsync((_, _) => tryPut(command), cancellationToken))
        {
            throw new InvalidOperationException("the engine takes no commands any more");
        }
    }
}
