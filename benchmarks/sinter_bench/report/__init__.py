"""The report: one HTML page of one or more results.json, which needs no network and no server.

  write_report([results, …], path)     what `sinter bench run` and `sinter bench report` call
  install_echarts(folder)              what the set-ups call; the page draws with Apache ECharts
"""
from sinter_bench.report.echarts import install_echarts

__all__ = ["install_echarts", "write_report"]


def write_report(results, path):
    """See page.py, whose needs (numpy, scipy) a set-up does not have."""
    from sinter_bench.report import page
    page.write_report(results, path)
