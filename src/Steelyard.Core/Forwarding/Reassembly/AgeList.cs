namespace Steelyard.Core.Forwarding.Reassembly;

/// <summary>Slots in the order in which they were taken.</summary>
internal sealed class AgeList(int slots)
{
    private const int Nothing = -1;

    private readonly int[] _older = new int[slots];
    private readonly int[] _newer = new int[slots];
    private int _newest = Nothing;

    /// <summary>-1 when there is none.</summary>
    public int Oldest { get; private set; } = Nothing;

    public void Add(int slot)
    {
        _older[slot] = _newest;
        _newer[slot] = Nothing;
        if (_newest == Nothing)
        {
            Oldest = slot;
        }
        else
        {
            _newer[_newest] = slot;
        }

        _newest = slot;
    }

    public void Remove(int slot)
    {
        int older = _older[slot];
        int newer = _newer[slot];
        if (older == Nothing)
        {
            Oldest = newer;
        }
        else
        {
            _newer[older] = newer;
        }

        if (newer == Nothing)
        {
            _newest = older;
        }
        else
        {
            _older[newer] = older;
        }
    }
}
