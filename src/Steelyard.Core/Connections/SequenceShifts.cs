using Steelyard.Core.Wire;

namespace Steelyard.Core.Connections;

/// <summary>Both directions of one connection.</summary>
internal struct ShiftPair
{
    public SequenceShift FromClient;
    public SequenceShift FromServer;

    public readonly SyncShifts AsTold() => new(FromClient.AsTold(), FromServer.AsTold());
}

/// <summary>
/// The shifts of the few connections whose payloads were resized, by small numbers. When all are
/// in use no further connection may be resized.
/// </summary>
internal sealed class SequenceShifts
{
    // FTP sessions in passive mode at one time.
    private const int Capacity = 4096;

    private readonly ShiftPair[] _pairs = new ShiftPair[Capacity];
    private readonly ushort[] _free = new ushort[Capacity];
    private int _freeCount;

    public SequenceShifts()
    {
        for (int index = Capacity - 1; index >= 0; index--)
        {
            _free[_freeCount++] = (ushort)index;
        }
    }

    public ref ShiftPair this[int index] => ref _pairs[index];

    /// <summary>A pair that shifts nothing yet; -1 when none is left.</summary>
    public int Take()
    {
        if (_freeCount == 0)
        {
            return -1;
        }

        int index = _free[--_freeCount];
        _pairs[index] = default;
        return index;
    }

    public void Free(int index) => _free[_freeCount++] = (ushort)index;
}
