using System;
using System.Threading;
using Steelyard.Core.Time;

namespace Steelyard.Host.Lab;

/// <summary>
/// What Ctrl-C means: the first press ends the lab in good order, and another one at once, for a
/// lab that hangs.
/// </summary>
internal sealed class LabInterrupt(Action end, Action endAtOnce)
{
    // One press may arrive more than once, as sudo and a shell hand signals on.
    private static readonly TimeSpan OnePress = TimeSpan.FromMilliseconds(300);

    private readonly Lock _guard = new();
    private Instant? _first;

    public void OnPress(Instant now)
    {
        bool isFirst;
        lock (_guard)
        {
            isFirst = _first is null;
            _first ??= now;
            if (!isFirst && now - _first < OnePress)
            {
                return;
            }
        }

        (isFirst ? end : endAtOnce)();
    }
}
