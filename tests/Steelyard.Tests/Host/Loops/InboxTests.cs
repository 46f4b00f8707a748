using Steelyard.Core.Control;
using Steelyard.Core.Time;
using Steelyard.Host.Loops;
using Steelyard.Tests.Control;

namespace Steelyard.Tests.Host.Loops;

public sealed class InboxTests
{
    [Fact]
    public void Wishes_are_drained_in_shares_and_in_order()
    {
        Controller controller = RecordingEffects.MakeController(RecordingEffects.MakeEngine());
        Inbox inbox = new(() => { });
        int next = 0;
        for (int number = 0; number < 1000; number++)
        {
            int mine = number;
            Assert.True(inbox.TryPost((_, _) => Assert.Equal(mine, next++)));
        }

        inbox.Drain(controller, Instant.Zero);
        Assert.InRange(next, 1, 999);
        Assert.False(inbox.IsEmpty);

        while (!inbox.IsEmpty)
        {
            inbox.Drain(controller, Instant.Zero);
        }

        Assert.Equal(1000, next);
    }
}
