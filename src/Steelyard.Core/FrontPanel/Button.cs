using System;
using Steelyard.Core.Time;

namespace Steelyard.Core.FrontPanel;

/// <summary>
/// Turns edges with their timestamps into intents. A contact bounces on the way down and on the
/// way up; a level counts once it has stood still, and counts from its first edge.
/// </summary>
/// <remarks>
/// A long hold is told as a hold first, at its fifth second, and does not take that back. A box
/// that goes into maintenance gives what it holds to its twin, which is just what a box should have
/// done that is about to forget everything; after that it does not matter. Who lets go before the
/// end has held, no less and no more.
/// </remarks>
public sealed class Button
{
    /// <summary>Tactile switches bounce for up to 10 ms, worn ones for 20 to 30.</summary>
    public static readonly TimeSpan Settling = TimeSpan.FromMilliseconds(30);

    /// <summary>A press is shorter than this.</summary>
    public static readonly TimeSpan LongestPress = TimeSpan.FromSeconds(2);

    /// <summary>A hold is at least this long.</summary>
    public static readonly TimeSpan Hold = TimeSpan.FromSeconds(5);

    /// <summary>Held for this long, a factory reset is near, and the panel warns of it.</summary>
    public static readonly TimeSpan HoldUntilWarning = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long the warning stands before it comes true: a hold of 15 s in all. It is counted from
    /// the warning, so that a program that stalled resets nothing that it did not warn of.
    /// </summary>
    public static readonly TimeSpan Warned = TimeSpan.FromSeconds(5);

    private bool _rawIsDown;
    private bool _isDown;
    private Stage _stage;
    private bool _isMoving;
    private Instant _movingSince;
    private Instant _lastEdgeAt;
    private Instant _pressedAt;
    private Instant _warnedAt;

    /// <summary>How far a press has come.</summary>
    private enum Stage : byte
    {
        Pressed,
        Held,
        Warned,
        Spent,
    }

    /// <summary>The settled level.</summary>
    public bool IsDown => _isDown;

    /// <summary>Held on, it becomes a factory reset; let go, it does not.</summary>
    public bool IsResetNear => _isDown && _stage == Stage.Warned;

    public Instant Deadline => _isMoving
        ? _lastEdgeAt + Settling
        : _isDown ? NextStageAt : Instant.Never;

    private Instant NextStageAt => _stage switch
    {
        Stage.Pressed => _pressedAt + Hold,
        Stage.Held => _pressedAt + HoldUntilWarning,
        Stage.Warned => _warnedAt + Warned,
        _ => Instant.Never,
    };

    /// <summary>A kernel edge. Time that passed before it is looked at first.</summary>
    /// <param name="at">The edge's own timestamp.</param>
    public ButtonIntent OnEdge(bool isDown, Instant at)
    {
        ButtonIntent intent = OnDeadline(at);
        if (!_isMoving)
        {
            _movingSince = at;
        }

        _isMoving = true;
        _rawIsDown = isDown;
        _lastEdgeAt = at;
        return intent;
    }

    /// <summary>Time passed without an edge. One stage a call.</summary>
    public ButtonIntent OnDeadline(Instant now)
    {
        ButtonIntent intent = ButtonIntent.None;
        if (_isMoving && now >= _lastEdgeAt + Settling)
        {
            _isMoving = false;
            intent = Settle();
        }

        bool isDue = _isDown && !_isMoving && now >= NextStageAt;
        return isDue ? NextStage(now) : intent;
    }

    /// <summary>
    /// Nobody watches the contact any more: a press that has begun is over, and means nothing, for
    /// its end might not be seen.
    /// </summary>
    public void Forget()
    {
        _rawIsDown = false;
        _isDown = false;
        _isMoving = false;
    }

    private ButtonIntent NextStage(Instant now)
    {
        switch (_stage)
        {
            case Stage.Pressed:
                _stage = Stage.Held;
                return ButtonIntent.Maintenance;
            case Stage.Held:
                _stage = Stage.Warned;
                _warnedAt = now;
                return ButtonIntent.None;
            default:
                _stage = Stage.Spent;
                return ButtonIntent.FactoryReset;
        }
    }

    private ButtonIntent Settle()
    {
        if (_rawIsDown == _isDown)
        {
            return ButtonIntent.None;
        }

        _isDown = _rawIsDown;
        if (_isDown)
        {
            _pressedAt = _movingSince;
            _stage = Stage.Pressed;
            return ButtonIntent.None;
        }

        if (_stage != Stage.Pressed)
        {
            return ButtonIntent.None;
        }

        return _movingSince - _pressedAt < LongestPress
            ? ButtonIntent.Failover
            : ButtonIntent.Unclear;
    }
}
