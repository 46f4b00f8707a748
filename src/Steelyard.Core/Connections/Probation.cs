using System.Numerics;
using Steelyard.Core.Invariants;
using Steelyard.Core.Services;

namespace Steelyard.Core.Connections;

/// <summary>
/// The connections that nobody has proven yet, for each service in the order of their age: what a
/// short table gives up first. Services lie by how many they have, in steps of a power of two, so
/// that one with the most, within a factor of two, is found without a search.
/// </summary>
internal sealed class Probation
{
    private const int Nothing = -1;

    // One step for each bit of a count.
    private const int StepCount = 32;

    private readonly Links[] _links;
    private readonly ServiceLoad?[] _bySize = new ServiceLoad?[StepCount];
    private uint _sizes;

    public Probation(int capacity)
    {
        _links = new Links[capacity];
    }

    /// <summary>A service with the most unproven connections; null when nobody has any.</summary>
    public ServiceLoad? Largest =>
        _sizes == 0 ? null : _bySize[BitOperations.Log2(_sizes)];

    /// <summary>The one that came after a connection on probation; -1 for none.</summary>
    public int Newer(int handle) => _links[handle].Newer;

    public void Add(int handle, ServiceLoad load)
    {
        _links[handle] = new() { Older = load.Newest, Newer = Nothing };
        if (load.Newest != Nothing)
        {
            _links[load.Newest].Newer = handle;
        }
        else
        {
            load.Oldest = handle;
        }

        load.Newest = handle;
        Resize(load, load.Unproven + 1);
    }

    public void Remove(int handle, ServiceLoad load)
    {
        Links links = _links[handle];
        if (links.Older != Nothing)
        {
            _links[links.Older].Newer = links.Newer;
        }
        else
        {
            load.Oldest = links.Newer;
        }

        if (links.Newer != Nothing)
        {
            _links[links.Newer].Older = links.Older;
        }
        else
        {
            load.Newest = links.Older;
        }

        Resize(load, load.Unproven - 1);
    }

    private void Resize(ServiceLoad load, int count)
    {
        Invariant.Holds(count >= 0, "no more leave probation than were on it");
        int before = StepOf(load.Unproven);
        int after = StepOf(count);
        load.Unproven = count;
        if (before != after)
        {
            Unlink(load, before);
            Link(load, after);
        }
    }

    private static int StepOf(int count) => count == 0 ? Nothing : BitOperations.Log2((uint)count);

    private void Link(ServiceLoad load, int step)
    {
        if (step == Nothing)
        {
            return;
        }

        ServiceLoad? next = _bySize[step];
        load.Next = next;
        load.Previous = null;
        if (next is not null)
        {
            next.Previous = load;
        }

        _bySize[step] = load;
        _sizes |= 1u << step;
    }

    private void Unlink(ServiceLoad load, int step)
    {
        if (step == Nothing)
        {
            return;
        }

        if (load.Previous is { } previous)
        {
            previous.Next = load.Next;
        }
        else
        {
            _bySize[step] = load.Next;
        }

        if (load.Next is { } next)
        {
            next.Previous = load.Previous;
        }

        if (_bySize[step] is null)
        {
            _sizes &= ~(1u << step);
        }

        load.Next = null;
        load.Previous = null;
    }

    private struct Links
    {
        public int Older;
        public int Newer;
    }
}
