using Steelyard.Core.Wire;

namespace Steelyard.Core.Connections;

/// <summary>
/// How far the sequence numbers of one direction of a TCP connection have moved, since payloads
/// became longer or shorter on their way. The two latest moves are known, as with LVS, which tells
/// its twin of <see cref="From"/>, <see cref="Delta"/> and <see cref="PreviousDelta"/>.
/// </summary>
/// <remarks>
/// Numbers are the sender's own (<em>before</em>) or what the receiver sees (<em>after</em>). What
/// follows a resized payload must not pass the box before it has: the sender of a line that names
/// an end waits for the answer, so with FTP nothing does.
/// </remarks>
internal struct SequenceShift
{
    // A retransmission that starts or ends inside the resized payload cannot be told exactly; its
    // length in octets keeps acknowledgments from promising what was not received.
    private ushort _length;
    private bool _isSet;

    /// <summary>The sequence number of the latest resized payload, before.</summary>
    public uint From { get; private set; }

    /// <summary>Octets that are added behind that payload.</summary>
    public int Delta { get; private set; }

    /// <summary>Octets that are added up to it.</summary>
    public int PreviousDelta { get; private set; }

    public readonly bool IsNone => !_isSet;

    /// <summary>
    /// A payload that was resized before the latest one and comes again has been received long
    /// ago; where it would have to go is not known any more.
    /// </summary>
    public readonly bool IsForgotten(uint sequence) => _isSet && IsAfter(From, sequence);

    /// <summary>
    /// Takes down that a payload was resized. The same one again, a retransmission, moves nothing.
    /// </summary>
    /// <param name="sequence">Its sequence number, before.</param>
    /// <param name="length">Its octets, before.</param>
    /// <param name="difference">Octets that it grew by, or shrank by when negative.</param>
    public void Resize(uint sequence, int length, int difference)
    {
        if (difference == 0 || (_isSet && !IsAfter(sequence, From)))
        {
            return;
        }

        _isSet = true;
        _length = (ushort)length;
        From = sequence;
        PreviousDelta = Delta;
        Delta = unchecked(Delta + difference);
    }

    /// <summary>As a twin is told of it.</summary>
    public readonly SyncShift AsTold() => new(From, Delta, PreviousDelta);

    /// <summary>Takes over what a twin tells, unless a later payload is known already.</summary>
    public void Adopt(in SyncShift told)
    {
        if (told.IsNone || (_isSet && !IsAfter(told.From, From)))
        {
            return;
        }

        _isSet = true;
        _length = 0;
        From = told.From;
        Delta = told.Delta;
        PreviousDelta = told.PreviousDelta;
    }

    /// <summary>Sequence number: from before to after.</summary>
    public readonly uint Apply(uint sequence) =>
        Add(sequence, IsAfter(sequence, From) ? Delta : PreviousDelta);

    /// <summary>
    /// Acknowledgment number, or the right edge of a SACK block: from after to before. A part of a
    /// resized payload counts as none of it.
    /// </summary>
    public readonly uint ApplyAck(uint acknowledgment)
    {
        uint before = Add(acknowledgment, unchecked(-PreviousDelta));
        if (!_isSet || !IsAfter(before, From))
        {
            return before;
        }

        before = Add(acknowledgment, unchecked(-Delta));
        return IsAfter(PayloadEnd, before) ? From : before;
    }

    /// <summary>
    /// The left edge of a SACK block: from after to before. A part of a resized payload counts as
    /// none of it.
    /// </summary>
    public readonly uint ApplyLeftEdge(uint edge)
    {
        uint before = ApplyAck(edge);
        bool isInside = before == From && Add(edge, unchecked(-PreviousDelta)) != From;
        return _isSet && isInside ? PayloadEnd : before;
    }

    /// <summary>The first number later than the other, modulo 2^32. RFC 9293 §3.4.</summary>
    private static bool IsAfter(uint sequence, uint other) =>
        unchecked((int)(sequence - other)) > 0;

    private static uint Add(uint sequence, int difference) =>
        unchecked(sequence + (uint)difference);

    private readonly uint PayloadEnd => unchecked(From + _length);
}
