using System;
using System.Collections.Generic;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using Steelyard.Host.Listening;

namespace Steelyard.Tests.Host.Listening;

public sealed class AcceptLoopTests : IDisposable
{
    private readonly Queue<Func<Socket>> _coming = new();
    private readonly List<string> _said = [];
    private readonly Socket _visitor =
        new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    private int _pauses;

    public void Dispose() => _visitor.Dispose();

    /// <summary>EMFILE and ENFILE, ENOBUFS; what else accept(2) may say of the machine.</summary>
    [Theory]
    [InlineData(SocketError.TooManyOpenSockets)]
    [InlineData(SocketError.NoBufferSpaceAvailable)]
    [InlineData(SocketError.NetworkDown)]
    [InlineData(SocketError.SocketError)]
    public async Task A_lack_is_waited_for_and_said(SocketError error)
    {
        _coming.Enqueue(() => throw new SocketException((int)error));
        _coming.Enqueue(() => throw new SocketException((int)error));
        _coming.Enqueue(() => _visitor);

        Assert.Same(_visitor, await NewLoop().NextAsync(CancellationToken.None));
        Assert.Equal(2, _pauses);
        Assert.Equal(2, _said.Count);
    }

    [Fact]
    public async Task Who_left_while_waiting_is_no_trouble()
    {
        _coming.Enqueue(() => throw new SocketException((int)SocketError.ConnectionAborted));
        _coming.Enqueue(() => _visitor);

        Assert.Same(_visitor, await NewLoop().NextAsync(CancellationToken.None));
        Assert.Equal(0, _pauses);
        Assert.Empty(_said);
    }

    [Fact]
    public async Task Strangers_do_not_get_the_last_descriptors()
    {
        _coming.Enqueue(() => _visitor);
        _coming.Enqueue(() => throw new ObjectDisposedException("socket"));

        Assert.Null(await NewLoop(Descriptors.NumberOf(_visitor))
            .NextAsync(CancellationToken.None));
        Assert.True(_visitor.SafeHandle.IsClosed);
        Assert.Contains("LimitNOFILE", Assert.Single(_said), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_socket_that_is_closed_is_the_end()
    {
        _coming.Enqueue(() => throw new SocketException((int)SocketError.OperationAborted));

        Assert.Null(await NewLoop().NextAsync(CancellationToken.None));
        Assert.Empty(_said);
    }

    [Theory]
    [InlineData("Max open files            1024                 524288               files", 1024)]
    [InlineData("Max open files            unlimited            unlimited            files",
        int.MaxValue)]
    [InlineData("Max processes             63444                63444                processes",
        int.MaxValue)]
    public void The_limit_is_the_soft_one(string line, int limit) => Assert.Equal(
        limit, Descriptors.Parse(["Limit                     Soft Limit", line]));

    private AcceptLoop NewLoop(int most = int.MaxValue) => new(
        _ => ValueTask.FromResult(_coming.Dequeue()()),
        _ =>
        {
            _pauses++;
            return Task.CompletedTask;
        },
        most,
        _said.Add);
}
