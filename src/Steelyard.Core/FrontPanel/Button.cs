using System;
using Steelyard.Core.Time;

namespace Steelyard.Core.FrontPanel;

/// <summary>
/// Turns edges with their timestamps into intents. A contact bounces on the way down and on the
/// way up; a level counts once it has stood still, and counts from its first edge.
/// </summary>
/// <param name="isDownAtStart">Held, or stuck, before anyone looked: that is no press.</param>
public sealed class Button(bool isDownAtStart = false)
{
    /// <summary>Tactile switches bounce for up to 10 ms, worn ones for 20 to 30.</summary>
    public static readonly TimeSpan Settling = TimeSpan.FromMilliseconds(30);

    /// <summary>A press is shorter than this.</summary>
    public static readonly TimeSpan LongestPress = TimeSpan.FromSeconds(2);

    /// <summary>A hold is at least this long. Longer holds stay free for a factory reset.</summary>
    public static readonly TimeSpan Hold = TimeSpan.FromSeconds(5);

    private bool _rawIsDown = isDownAtStart;
    private bool _isDown = isDownAtStart;
    private bool _isSpent = isDownAtStart;
    private bool _isMoving;
    private Instant _movingSince;
    private Instant _lastEdgeAt;
    private Instant _pressedAt;

    /// <summary>The settled level.</summary>
    public bool IsDown => _isDown;

    public Instant Deadline
    {
        get
        {
            if (_isMoving)
            {
                return _lastEdgeAt + Settling;
            }

            return _isDown && !_isSpent ? _pressedAt + Hold : Instant.Never;
        }
    }

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

    /// <summary>Time passed without an edge.</summary>
    public ButtonIntent OnDeadline(Instant now)
    {
        ButtonIntent intent = ButtonIntent.None;
        if (_isMoving && now >= _lastEdgeAt + Settling)
        {
            _isMoving = false;
            intent = Settle();
        }

        bool isHeld = _isDown && !_isMoving && !_isSpent && now >= _pressedAt + Hold;
        if (!isHeld)
        {
            return intent;
        }

        _isSpent = true;
        return ButtonIntent.Maintenance;
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
            _isSpent = false;
            return ButtonIntent.None;
        }

        if (_isSpent)
        {
            return ButtonIntent.None;
        }

        return _movingSince - _pressedAt < LongestPress
            ? ButtonIntent.Failover
            : ButtonIntent.Unclear;
    }
}
