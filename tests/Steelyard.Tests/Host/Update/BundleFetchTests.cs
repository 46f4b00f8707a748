using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Threading;
using System.Threading.Tasks;
using Steelyard.Host.Update;

namespace Steelyard.Tests.Host.Update;

/// <summary>A web server in memory that breaks off where the test wants it to.</summary>
public sealed class BundleFetchTests : IDisposable
{
    private const int BreakAfter = 100_000;
    private static readonly Uri Address = new("https://box.example/a.raucb");

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sy");
    private readonly FakeServer _server = new();
    private int _pauses;

    public void Dispose()
    {
        _server.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_bundle_is_fetched_whole()
    {
        List<(long Here, long? Total)> told = [];

        string path = await Fetch().FetchAsync(
            Address, (here, total) => told.Add((here, total)), CancellationToken.None);

        Assert.Equal(_server.Content, await File.ReadAllBytesAsync(path));
        Assert.Equal((_server.Content.Length, _server.Content.Length), told[^1]);
        Assert.Equal([path], Directory.GetFiles(_folder.FullName));
    }

    [Fact]
    public async Task What_broke_off_goes_on_where_it_was()
    {
        _server.Breaks = 2;

        string path = await FetchAsync();

        Assert.Equal(_server.Content, await File.ReadAllBytesAsync(path));
        Assert.Equal([0, BreakAfter, 2 * BreakAfter], _server.Begun);
        Assert.Equal(2, _pauses);
    }

    [Fact]
    public async Task A_later_try_goes_on_too()
    {
        _server.Breaks = 5;
        await Assert.ThrowsAsync<UpdateRefusedException>(FetchAsync);
        _server.Begun.Clear();

        string path = await FetchAsync();

        Assert.Equal(_server.Content, await File.ReadAllBytesAsync(path));
        Assert.Equal([5 * BreakAfter], _server.Begun);
    }

    [Fact]
    public async Task A_file_that_has_changed_since_begins_anew()
    {
        _server.Breaks = 1;
        _server.OnBreak = () =>
        {
            _server.Mark = "\"second\"";
            _server.Content = [.. _server.Content.Reverse()];
        };

        string path = await FetchAsync();

        Assert.Equal(_server.Content, await File.ReadAllBytesAsync(path));
    }

    [Fact]
    public async Task Without_a_mark_of_the_server_it_begins_anew()
    {
        _server.Breaks = 1;
        _server.Mark = null;

        string path = await FetchAsync();

        Assert.Equal(_server.Content, await File.ReadAllBytesAsync(path));
        Assert.Equal([0, 0], _server.Begun);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_is_larger_than_a_bundle_can_be_is_refused(bool saysItsLength)
    {
        _server.SaysLength = saysItsLength;

        UpdateRefusedException refused = await Assert.ThrowsAsync<UpdateRefusedException>(
            () => Fetch(mostBytes: BreakAfter)
                .FetchAsync(Address, (_, _) => { }, CancellationToken.None));

        Assert.Contains("is no bundle for this box", refused.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_folder.FullName));
    }

    [Fact]
    public async Task A_page_that_is_not_there_is_not_asked_for_again()
    {
        _server.Status = HttpStatusCode.NotFound;

        UpdateRefusedException refused =
            await Assert.ThrowsAsync<UpdateRefusedException>(FetchAsync);

        Assert.Equal($"{Address} cannot be fetched: 404 Not Found", refused.Message);
        Assert.Equal(0, _pauses);
    }

    private Task<string> FetchAsync() =>
        Fetch().FetchAsync(Address, (_, _) => { }, CancellationToken.None);

    private BundleFetch Fetch(long mostBytes = BundleFetch.UsualMostBytes) => new(
        new HttpMessageInvoker(_server, disposeHandler: false),
        _folder.FullName,
        mostBytes,
        (_, _) =>
        {
            _pauses++;
            return Task.CompletedTask;
        });

    private sealed class FakeServer : HttpMessageHandler
    {
        public byte[] Content { get; set; } =
            [.. Enumerable.Range(0, 8 * BreakAfter).Select(index => (byte)((index * 31) >> 3))];

        public string? Mark { get; set; } = "\"first\"";

        public HttpStatusCode Status { get; set; } = HttpStatusCode.OK;

        public bool SaysLength { get; set; } = true;

        /// <summary>So many answers end too early.</summary>
        public int Breaks { get; set; }

        public Action OnBreak { get; set; } = () => { };

        /// <summary>Where each answer began.</summary>
        public List<long> Begun { get; } = [];

        protected override Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (Status != HttpStatusCode.OK)
            {
                return Task.FromResult(new HttpResponseMessage(Status));
            }

            EntityTagHeaderValue? mark = Mark is null ? null : new(Mark);
            long from = request.Headers.Range?.Ranges.Single().From ?? 0;
            bool isSame = request.Headers.IfRange?.EntityTag?.Tag == Mark;
            from = isSame ? from : 0;
            Begun.Add(from);
            if (from >= Content.Length && from > 0)
            {
                return Task.FromResult(
                    new HttpResponseMessage(HttpStatusCode.RequestedRangeNotSatisfiable));
            }

            byte[] rest = Content[(int)from..];
            HttpResponseMessage answer =
                new(from > 0 ? HttpStatusCode.PartialContent : HttpStatusCode.OK);
            byte[] sent = rest;
            if (Breaks > 0)
            {
                Breaks--;
                sent = rest[..BreakAfter];
                OnBreak();
            }

            answer.Content = new StreamContent(new MemoryStream(sent));
            answer.Content.Headers.ContentLength = SaysLength ? rest.Length : null;
            answer.Content.Headers.ContentRange = from > 0
                ? new ContentRangeHeaderValue(from, Content.Length - 1, Content.Length)
                : null;
            answer.Headers.ETag = mark;
            return Task.FromResult(answer);
        }
    }
}
