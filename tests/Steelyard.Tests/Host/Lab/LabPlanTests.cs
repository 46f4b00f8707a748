using System.Threading;
using System.Threading.Tasks;
using Steelyard.Host.Lab;

namespace Steelyard.Tests.Host.Lab;

public sealed class LabPlanTests
{
    [Fact]
    public void Each_box_s_page_listens_to_the_twin_as_well()
    {
        Assert.Equal(
            "http://127.0.0.1:8080/?peer=ws://127.0.0.1:8081/mqtt",
            LabPlan.DashboardAddress(8080, 0));
        Assert.Equal(
            "http://127.0.0.1:8081/?peer=ws://127.0.0.1:8080/mqtt",
            LabPlan.DashboardAddress(8080, 1));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(65535)]
    public async Task A_port_without_one_behind_it_for_the_other_box_is_refused(ushort port) =>
        Assert.Equal(
            2,
            await LabProgram.RunAsync(new(null, false, port, 0), CancellationToken.None));
}
