using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Threading;
using System.Threading.Tasks;
using Steelyard.Core.Connections;
using Steelyard.Core.Control;
using Steelyard.Core.Forwarding;
using Steelyard.Core.Forwarding.Commands;
using Steelyard.Core.Time;
using Steelyard.Host.Loops;
using Steelyard.Tests.Control;

namespace Steelyard.Tests.Host.Loops;

public sealed class EngineQuestionsTests
{
    private readonly Engine _engine = RecordingEffects.MakeEngine();
    private readonly Inbox _inbox = new(() => { });
    private readonly List<IEngineCommand> _put = [];
    private readonly Controller _controller;
    private readonly EngineQuestions _questions;

    public EngineQuestionsTests()
    {
        _controller = RecordingEffects.MakeController(_engine);
        _questions = new EngineQuestions(_inbox, command =>
        {
            _put.Add(command);
            return true;
        });
    }

    [Fact]
    public async Task A_command_waits_for_the_control_loop_to_put_it()
    {
        Task<Explanation> answer = _questions.ExplainAsync(default, CancellationToken.None);
        Assert.Empty(_put);

        _inbox.Drain(_controller, Instant.Zero);
        Assert.Single(_put).Apply(_engine, Instant.Zero);

        Assert.Equal(ExplanationKind.NotHeld, (await answer).Kind);
    }

    [Fact]
    public async Task A_listing_that_found_no_room_is_no_empty_listing()
    {
        for (int count = 0; count < 8; count++)
        {
            new SnapshotConnections([]).Apply(_engine, Instant.Zero);
        }

        Task<ImmutableArray<ConnectionRecord>> answer =
            _questions.ConnectionsAsync(10, CancellationToken.None);
        _inbox.Drain(_controller, Instant.Zero);
        Assert.Single(_put).Apply(_engine, Instant.Zero);

        _ = await Assert.ThrowsAsync<InvalidOperationException>(() => answer);
    }
}
