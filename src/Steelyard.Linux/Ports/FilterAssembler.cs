using System;
using System.Collections.Generic;
using Steelyard.Core.Invariants;
using static Steelyard.Linux.Interop.Libc;

namespace Steelyard.Linux.Ports;

/// <summary>
/// Writes classic BPF programs: the kernel runs them over every frame of an interface before it
/// wakes anybody. A frame starts at offset 0 with its Ethernet header; its VLAN tag lies beside it.
/// </summary>
internal sealed class FilterAssembler
{
    /// <summary>Keep the whole frame, however long.</summary>
    internal const uint Accept = 0x4_0000;

    internal const uint Refuse = 0;

    private readonly List<sock_filter> _program = [];

    internal sock_filter[] ToArray() => [.. _program];

    internal FilterAssembler LoadWord(uint offset) => Add(BPF_LD_W_ABS, offset);

    internal FilterAssembler LoadHalf(uint offset) => Add(BPF_LD_H_ABS, offset);

    internal FilterAssembler LoadByte(uint offset) => Add(BPF_LD_B_ABS, offset);

    internal FilterAssembler Return(uint verdict) => Add(BPF_RET_K, verdict);

    internal FilterAssembler ReturnIfEqual(uint value, uint verdict) =>
        IfEqual(value, then => then.Return(verdict));

    internal FilterAssembler ReturnUnlessEqual(uint value, uint verdict)
    {
        _ = Add(BPF_JEQ_K, value, whenTrue: 1);
        return Return(verdict);
    }

    /// <summary>Ends when the loaded value lies between the two, both included.</summary>
    internal FilterAssembler ReturnIfBetween(uint first, uint last, uint verdict)
    {
        _ = Add(BPF_JGE_K, first, whenTrue: 0, whenFalse: 2);
        _ = Add(BPF_JGT_K, last, whenTrue: 1, whenFalse: 0);
        return Return(verdict);
    }

    /// <summary>
    /// Runs the body when the loaded value is this one. The body may load another.
    /// </summary>
    internal FilterAssembler IfEqual(uint value, Action<FilterAssembler> body)
    {
        int jump = _program.Count;
        _ = Add(BPF_JEQ_K, value);
        body(this);
        int skipped = _program.Count - jump - 1;
        Invariant.Holds(skipped <= byte.MaxValue, "a conditional jump reaches 255 instructions");
        _program[jump] = _program[jump] with { jf = (byte)skipped };
        return this;
    }

    private FilterAssembler Add(ushort code, uint k, byte whenTrue = 0, byte whenFalse = 0)
    {
        _program.Add(new() { code = code, jt = whenTrue, jf = whenFalse, k = k });
        return this;
    }
}
