namespace Steelyard.Core.Wire;

/// <summary>
/// How far the sequence numbers of one direction have moved, as the sync protocol tells it.
/// </summary>
/// <param name="From">Sequence number of the latest resized payload, as its sender counts.</param>
/// <param name="Delta">Octets that are added behind that payload.</param>
/// <param name="PreviousDelta">Octets that are added up to it.</param>
public readonly record struct SyncShift(uint From, int Delta, int PreviousDelta)
{
    public bool IsNone => Delta == 0 && PreviousDelta == 0;
}

/// <summary>The shifts of both directions of one connection.</summary>
public readonly record struct SyncShifts(SyncShift FromClient, SyncShift FromServer)
{
    public bool IsNone => FromClient.IsNone && FromServer.IsNone;
}
