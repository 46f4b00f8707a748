using System;
using System.Runtime.InteropServices;
using System.Threading;

namespace Steelyard.Host.Commands;

/// <summary>
/// A token that a lost session cancels, as Ctrl-C does. The terminal and the shell both send SIGHUP
/// then, so none of them ends the process: what was begun is put back in order first.
/// </summary>
internal sealed class HangUp : IDisposable
{
    private readonly CancellationTokenSource _source;
    private readonly PosixSignalRegistration _registration;

    /// <param name="stop">Cancels the token too.</param>
    public HangUp(CancellationToken stop)
    {
        _source = CancellationTokenSource.CreateLinkedTokenSource(stop);
        _registration = PosixSignalRegistration.Create(PosixSignal.SIGHUP, OnSignal);
    }

    public CancellationToken Token => _source.Token;

    public void Dispose()
    {
        _registration.Dispose();
        _source.Dispose();
    }

    private void OnSignal(PosixSignalContext context)
    {
        context.Cancel = true;
        _source.Cancel();
    }
}
